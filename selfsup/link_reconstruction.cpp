#include <pfm/nn/activations.h>
#include <pfm/nn/edge_ops.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/reductions.h>
#include <pfm/selfsup/losses.h>

namespace pfm {

// log(1 + e^-s) = log(1 + e^s) - s: over all pairs as if none were linked, then what edges change.
Var link_reconstruction(const Var& z, const Graph& graph) {
  expect(z.rows() == graph.nodes() && graph.nodes() > 0, "link_reconstruction: a row per node");
  const double all = double(z.rows()) * double(z.rows()), edges = double(graph.edges() - graph.self_loops());
  const double weight = edges > 0 ? (all - edges) / edges : 1, scaling = 1 / (2 * (all - edges));
  const Sparse& linked = graph.messages(Loops::remaining).along;
  const Var scores = edge_dots(linked, z, z);
  const Var change = subtract(scale(softplus(scale(scores, -1)), Real(weight)), softplus(scores));
  return scale(add(all_pairs_softplus(z), sum(change)), Real(scaling));
}

Var normal_divergence(const Var& mean, const Var& log_deviation) {
  expect(mean.value().same_shape(log_deviation.value()) && mean.rows() > 0, "normal_divergence: equal shapes");
  const double n = double(mean.rows());
  const Var spread = subtract(exp(scale(log_deviation, 2)), scale(log_deviation, 2));
  return scale(sum(add_scalar(add(square(mean), spread), -1)), Real(1 / (2 * n * n)));
}

}  // namespace pfm
