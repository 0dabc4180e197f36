// Sets of nodes that grow together.
#pragma once
#include <pfm/graph/graph.h>

#include <atomic>
#include <numeric>

namespace pfm {

// Union-find in place over parents [N]. A root is only ever put below a smaller one, so in the end each set's root is
// its first node, in whatever order threads went (Anderson & Woll 1991).
class UnionFind {
 public:
  explicit UnionFind(std::vector<NodeId>& parents) : parents_(parents) {  // every node alone
    std::iota(parents.begin(), parents.end(), 0);
  }

  bool join(NodeId u, NodeId v) {  // whether this call made one set of two
    u = root(u), v = root(v);
    while (u != v) {
      if (u < v) std::swap(u, v);
      NodeId still = u;
      if (std::atomic_ref(parents_[u]).compare_exchange_strong(still, v, std::memory_order_relaxed)) return true;
      u = root(u), v = root(v);
    }
    return false;
  }

  NodeId root(NodeId v) {
    for (NodeId up = parent(v); up != v; v = up, up = parent(v)) {
      const NodeId above = parent(up);
      if (above != up) std::atomic_ref(parents_[v]).store(above, std::memory_order_relaxed);  // halves the way
    }
    return v;
  }

 private:
  NodeId parent(NodeId v) const { return std::atomic_ref(parents_[v]).load(std::memory_order_relaxed); }
  std::vector<NodeId>& parents_;
};

}  // namespace pfm
