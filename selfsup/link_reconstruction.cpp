#include <pfm/kernels/parallel.h>
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

// As if nothing were stored, then what stored entries change.
Var weighted_reconstruction(const Var& guess, const Sparse& rows, Real beta) {
  expect(guess.rows() == rows.rows() && guess.cols() == rows.cols(), "weighted_reconstruction: equal shapes");
  constexpr Offset grain = 16;
  const auto each_stored = [rows](Offset i, auto take) {
    for (std::size_t k = 0; k < rows.columns(i).size(); ++k)
      take(rows.columns(i)[k], rows.weighted() ? rows.values(i)[k] : Real(1));
  };
  const double sum = tree_sum(
      guess.rows(), grain,
      [&](Offset begin, Offset end) {
        double part = 0;
        for (Offset i = begin; i < end; ++i) {
          const auto row = guess.value().row(i);
          for (const Real g : row) part += double(g * g);
          each_stored(i, [&](NodeId j, Real s) {
            const double error = double(row[j]) - double(s), alone = double(row[j]);
            part += double(beta * beta) * error * error - alone * alone;
          });
        }
        return part;
      },
      [](double& left, double right) { left += right; });
  return Var::record(Matrix(1, 1, {Real(sum)}), {guess}, [guess, each_stored, beta](const Matrix& grad) {
    Matrix d(guess.rows(), guess.cols());
    const Real twice = 2 * grad(0, 0);
    parallel_for(d.rows(), grain, [&](Offset begin, Offset end) {
      for (Offset i = begin; i < end; ++i) {
        const auto row = guess.value().row(i);
        for (std::size_t j = 0; j < row.size(); ++j) d.row(i)[j] = twice * row[j];
        each_stored(i, [&](NodeId j, Real s) { d(i, j) = twice * beta * beta * (row[j] - s); });
      }
    });
    guess.accumulate(std::move(d));
  });
}

Var normal_divergence(const Var& mean, const Var& log_deviation) {
  expect(mean.value().same_shape(log_deviation.value()) && mean.rows() > 0, "normal_divergence: equal shapes");
  const double n = double(mean.rows());
  const Var spread = subtract(exp(scale(log_deviation, 2)), scale(log_deviation, 2));
  return scale(sum(add_scalar(add(square(mean), spread), -1)), Real(1 / (2 * n * n)));
}

}  // namespace pfm
