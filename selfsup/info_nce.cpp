#include <pfm/nn/activations.h>
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

Var info_nce_queue(const Var& u, const Var& key, const Var& queue, Real tau) {
  const Var a = scale(l2_normalise(u), 1 / tau);
  return mean(softplus(subtract(pair_log_sums(a, queue), row_dots(a, key))));
}

}  // namespace pfm
