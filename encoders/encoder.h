// What maps rows to vectors.
#pragma once
#include <pfm/graph/batch.h>
#include <pfm/kernels/random.h>
#include <pfm/nn/layers.h>

#include <optional>

namespace pfm {

// What enters an encoder: learned or computed rows, or constant rows (dense, sparse, identity).
struct Input {
  Input(Features rows) : fixed(std::move(rows)) {}  // NOLINT: features are an input
  Input(Var rows) : var(std::move(rows)) {}         // NOLINT
  Features fixed;
  Var var;  // when set, `fixed` is not used
  Offset rows() const { return var ? var.rows() : fixed.rows(); }
  Offset cols() const { return var ? var.cols() : fixed.cols(); }
};

Var multiply(const Input& x, const Var& w);         // [n, F] [F, k] -> [n, k]
Var apply(const Linear& layer, const Input& x);     // [n, in] -> [n, out]
Input dropout(const Input& x, Real rate, Rng rng);  // [n, F]; sparse rows stay sparse
Var as_var(const Input& x);                         // [n, F], dense

// Rows of a batch -> [N, width]. Who gives an Rng is training (dropout, batch statistics); there is no hidden mode.
struct Encoder {
  std::function<Var(const Batch& where, const Input& x, std::optional<Rng> rng)> forward;
  int width = 0;
  Var operator()(const Batch& batch, std::optional<Rng> rng = {}) const { return forward(batch, batch.x, rng); }
};

// One graph convolution: how `x` moves along the edges of `where`. Stacks of them are encoders.
using Convolution = std::function<Var(const Batch& where, const Input& x, std::optional<Rng> rng)>;

}  // namespace pfm
