#include <pfm/graph/components.h>
#include <pfm/kernels/spmm.h>

#include <atomic>

namespace pfm {
namespace {

// Union-find in place over the rows. A root is only ever put below a smaller one, so in the end each component's root
// is its first node, in whatever order threads went (Anderson & Woll 1991).
class Forest {
 public:
  explicit Forest(std::vector<NodeId>& parents) : parents_(parents) {}

  void join(NodeId u, NodeId v) {
    u = root(u), v = root(v);
    while (u != v) {
      if (u < v) std::swap(u, v);
      NodeId still = u;
      if (std::atomic_ref(parents_[u]).compare_exchange_strong(still, v, std::memory_order_relaxed)) return;
      u = root(u), v = root(v);
    }
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

}  // namespace

Components components(const Graph& graph) {
  const CsrView& a = graph.adjacency().view();
  Components result;
  result.of.resize(std::size_t(a.rows));
  for (NodeId v = 0; v < a.rows; ++v) result.of[v] = v;
  Forest forest(result.of);
  parallel_rows(a, 65536, [&](Offset begin, Offset end) {
    for (Offset u = begin; u < end; ++u)
      for (Offset e = a.offsets[u]; e < a.offsets[u + 1]; ++e) forest.join(NodeId(u), a.columns[e]);
  });
  for (NodeId v = 0; v < a.rows; ++v) {  // a parent comes before its children: it has its number already
    const NodeId up = result.of[v];
    result.of[v] = up == v ? result.count++ : result.of[up];
  }
  return result;
}

}  // namespace pfm
