#include <pfm/graph/degrees.h>
#include <pfm/graph/walk_returns.h>
#include <pfm/kernels/parallel.h>

namespace pfm {
namespace {

// The law of a walk after some steps: dense values of which only `nodes` are not 0.
struct Law {
  explicit Law(Offset n) : value(std::size_t(n)) {}
  void clear() {
    for (const NodeId v : nodes) value[v] = 0;
    nodes.clear();
  }
  std::vector<double> value;
  std::vector<NodeId> nodes;
};

void step(const Sparse& a, const std::vector<double>& strength, const Law& from, Law& to) {
  to.clear();
  for (const NodeId u : from.nodes) {
    const auto targets = a.columns(u);
    for (std::size_t e = 0; e < targets.size(); ++e) {
      const double share = from.value[u] * (a.weighted() ? double(a.values(u)[e]) : 1.0) / strength[u];
      if (share == 0) continue;
      if (to.value[targets[e]] == 0) to.nodes.push_back(targets[e]);
      to.value[targets[e]] += share;
    }
  }
}

// sum over v of left(v) right(v) / d(v)
double overlap(const Law& left, const Law& right, const std::vector<double>& strength) {
  double sum = 0;
  for (const NodeId v : left.nodes) sum += left.value[v] * right.value[v] / strength[v];
  return sum;
}

}  // namespace

Matrix walk_returns(const Graph& graph, int steps) {
  expect(graph.undirected(), "walk_returns: the graph is undirected");
  expect(steps >= 1, "walk_returns: at least one step");
  const Sparse& a = graph.adjacency();
  const std::vector<double> strength = strengths(graph);
  Matrix result = Matrix::zeros(a.rows(), steps);
  const Offset nodes_a_task = std::max<Offset>(64, a.rows() / 256);  // a task clears two laws of N numbers
  parallel_for(a.rows(), nodes_a_task, [&](Offset begin, Offset end) {
    Law law(a.rows()), next(a.rows());
    for (Offset u = begin; u < end; ++u) {
      if (strength[u] == 0) continue;
      law.clear(), next.clear();
      law.nodes = {NodeId(u)}, law.value[u] = 1;
      for (int s = 1; s <= steps; s += 2) {  // law: (s - 1) / 2 steps
        step(a, strength, law, next);
        result(u, s - 1) = Real(strength[u] * overlap(law, next, strength));
        if (s < steps) result(u, s) = Real(strength[u] * overlap(next, next, strength));
        std::swap(law, next);
      }
    }
  });
  return result;
}

}  // namespace pfm
