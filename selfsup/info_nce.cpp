#include <pfm/nn/activations.h>
#include <pfm/nn/edge_ops.h>
#include <pfm/nn/norms.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/products.h>
#include <pfm/nn/reductions.h>
#include <pfm/nn/shape.h>
#include <pfm/selfsup/losses.h>

#include <cmath>

namespace pfm {

// Unit rows times tau^-1/2: their products are cosine / tau.
static Var directions(const Var& x, Real tau) { return scale(l2_normalise(x), 1 / std::sqrt(tau)); }

Var info_nce(const Var& u, const Var& v, Real tau) {
  const Var a = directions(u, tau), b = directions(v, tau);
  const Var across = pair_log_sums(a, b), within = pair_log_sums(a, a, Own::out);
  const Var all = add(across, softplus(subtract(within, across)));  // log(e^across + e^within)
  return mean(subtract(all, row_dots(a, b)));
}

Var nt_xent(const Var& u, const Var& v, Real tau) {
  const Var a = directions(u, tau), b = directions(v, tau), both = concat_rows({a, b});
  return subtract(mean(pair_log_sums(both, both, Own::out)), mean(row_dots(a, b)));
}

Var info_nce_across(const Var& u, const Var& v, Real tau, Own own) {
  const Var a = directions(u, tau), b = directions(v, tau);
  return mean(subtract(pair_log_sums(a, b, own), row_dots(a, b)));
}

// Cosines lie within +-1, so e^(s - 1 / tau) cannot overflow.
Var info_nce_positives(const Var& u, const Var& v, const Sparse& positives, Real tau) {
  expect(positives.rows() == u.rows() && positives.cols() == v.rows(), "info_nce_positives: positives [n, m]");
  for (Offset i = 0; i < positives.rows(); ++i)
    expect(!positives.columns(i).empty(), "info_nce_positives: a right row for each");
  const Var a = directions(u, tau), b = directions(v, tau);
  const Var right = exp(add_scalar(edge_dots(positives, a, b), -1 / tau));
  const Var sums = add_scalar(log(aggregate_edges(positives, right, Reduce::sum)), 1 / tau);
  return mean(subtract(pair_log_sums(a, b), sums));
}

Var info_nce_queue(const Var& u, const Var& key, const Var& queue, Real tau) {
  const Var a = scale(l2_normalise(u), 1 / tau);
  return mean(softplus(subtract(pair_log_sums(a, queue), row_dots(a, key))));
}

}  // namespace pfm
