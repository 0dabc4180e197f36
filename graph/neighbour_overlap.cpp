#include <pfm/graph/neighbour_overlap.h>
#include <pfm/kernels/parallel.h>

#include <cmath>

namespace pfm {
namespace {

template <class Score>  // score(u, v), a double
Matrix of_pairs(std::span<const Edge> pairs, Score score) {
  Matrix out(Offset(pairs.size()), 1);
  parallel_for(out.rows(), 256, [&](Offset begin, Offset end) {
    for (Offset i = begin; i < end; ++i)
      out(i, 0) = Real(score(pairs[std::size_t(i)].source, pairs[std::size_t(i)].target));
  });
  return out;
}

double degree(const Graph& graph, NodeId v) { return double(graph.adjacency().columns(v).size()); }

template <class Worth>  // worth(w), a double, of every common neighbour w
double sum_shared(const Graph& graph, NodeId u, NodeId v, Worth worth) {
  const auto left = graph.adjacency().columns(u), right = graph.adjacency().columns(v);
  double sum = 0;
  for (auto a = left.begin(), b = right.begin(); a != left.end() && b != right.end();) {
    const NodeId of_u = *a, of_v = *b;
    if (of_u == of_v) sum += worth(of_u);
    a += of_u <= of_v, b += of_v <= of_u;
  }
  return sum;
}

double shared(const Graph& graph, NodeId u, NodeId v) {
  return sum_shared(graph, u, v, [](NodeId) { return 1.0; });
}

}  // namespace

Matrix common_neighbours(const Graph& graph, std::span<const Edge> pairs) {
  return of_pairs(pairs, [&](NodeId u, NodeId v) { return shared(graph, u, v); });
}

Matrix jaccard(const Graph& graph, std::span<const Edge> pairs) {
  return of_pairs(pairs, [&](NodeId u, NodeId v) {
    const double both = shared(graph, u, v), either = degree(graph, u) + degree(graph, v) - both;
    return either > 0 ? both / either : 0;
  });
}

// A common neighbour of different nodes has two neighbours at least.
Matrix adamic_adar(const Graph& graph, std::span<const Edge> pairs) {
  const auto worth = [&](NodeId w) { return 1 / std::log(degree(graph, w)); };
  return of_pairs(pairs, [&](NodeId u, NodeId v) { return sum_shared(graph, u, v, worth); });
}

Matrix preferential_attachment(const Graph& graph, std::span<const Edge> pairs) {
  return of_pairs(pairs, [&](NodeId u, NodeId v) { return degree(graph, u) * degree(graph, v); });
}

}  // namespace pfm
