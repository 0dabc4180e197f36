#include <pfm/graph/components.h>
#include <pfm/graph/union_find.h>
#include <pfm/kernels/parallel.h>
#include <pfm/kernels/spmm.h>

#include <algorithm>

namespace pfm {
namespace {

// The tree that most of a sample of the nodes stand in.
NodeId commonest_root(UnionFind& forest, NodeId nodes) {
  constexpr NodeId samples = 1024;
  std::vector<NodeId> roots;
  for (NodeId i = 0; i < std::min(nodes, samples); ++i)
    roots.push_back(forest.root(NodeId(Offset(i) * nodes / samples)));
  std::ranges::sort(roots);
  NodeId commonest = -1;
  std::ptrdiff_t most = 0;
  for (auto begin = roots.begin(), end = begin; begin != roots.end(); begin = end) {
    end = std::upper_bound(begin, roots.end(), *begin);
    if (end - begin > most) most = end - begin, commonest = *begin;
  }
  return commonest;
}

}  // namespace

// Where every edge is stored both ways: the first neighbours of each node nearly always make the largest component, and
// then the other edges of its nodes need no look (Sutton et al. 2018, Afforest): one that leaves it is seen from its
// other end.
Components components(const Graph& graph) {
  const CsrView& a = graph.adjacency().view();
  Components result;
  result.of.resize(std::size_t(a.rows));
  UnionFind forest(result.of);
  constexpr Offset first_neighbours = 2, ahead = 32;
  auto join = [&](NodeId u, Offset begin, Offset end) {
    for (Offset e = begin; e < end; ++e) {
      if (e + ahead < a.nonzeros()) __builtin_prefetch(&result.of[a.columns[e + ahead]]);
      forest.join(u, a.columns[e]);
    }
  };
  NodeId done = -1;
  if (graph.undirected()) {
    parallel_for(a.rows, 65536, [&](Offset begin, Offset end) {
      for (Offset u = begin; u < end; ++u)
        join(NodeId(u), a.offsets[u], std::min(a.offsets[u] + first_neighbours, a.offsets[u + 1]));
    });
    done = commonest_root(forest, a.rows);
  }
  parallel_rows(a, 65536, [&](Offset begin, Offset end) {
    for (Offset u = begin; u < end; ++u)
      if (done < 0 || forest.root(NodeId(u)) != forest.root(done)) join(NodeId(u), a.offsets[u], a.offsets[u + 1]);
  });
  for (NodeId v = 0; v < a.rows; ++v) {  // a parent comes before its children: it has its number already
    const NodeId up = result.of[v];
    result.of[v] = up == v ? result.count++ : result.of[up];
  }
  return result;
}

}  // namespace pfm
