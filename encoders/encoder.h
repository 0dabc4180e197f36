// What maps rows to vectors.
#pragma once
#include <pfm/graph/alike.h>
#include <pfm/kernels/random.h>
#include <pfm/nn/layers.h>

#include <optional>

namespace pfm {

// What enters an encoder: learned or computed rows, or constant rows (dense, sparse, identity), to some of which a
// learned row may be added: (X + 1_to row) W = X W + 1_to (row W), so that X stays sparse. Where dropout took entries
// of it, others at each row, `factors` M say what they count for there: (M diag(row)) W.
struct Input {
  Input(Features rows) : fixed(std::move(rows)) {}  // NOLINT: features are an input
  Input(Var rows) : var(std::move(rows)) {}         // NOLINT
  // row [1, F], counting [added_to.size(), F]: broken expectations otherwise.
  Input(Features rows, Var row, std::vector<NodeId> added_to, std::optional<Features> counting = {});
  Features fixed;
  Var var;                          // when set, `fixed` is not used
  Var added;                        // [1, F] or none
  std::vector<NodeId> to;           // different rows of `fixed`
  std::optional<Features> factors;  // [to.size(), F]; none: ones
  Offset rows() const { return var ? var.rows() : fixed.rows(); }
  Offset cols() const { return var ? var.cols() : fixed.cols(); }
};

Var multiply(const Input& x, const Var& w);      // [n, F] [F, k] -> [n, k]
Var apply(const Linear& layer, const Input& x);  // [n, in] -> [n, out]
// [n, F]; sparse rows stay sparse. Of an added row other entries fall out at each row it is added to.
Input dropout(const Input& x, Real rate, Rng rng);
Var as_var(const Input& x);  // [n, F], dense
Input first_rows(const Input& x, Offset rows);

// Rows of a batch -> [N, width]. Who gives an Rng is training (dropout, batch statistics); there is no hidden mode.
struct Encoder {
  std::function<Var(const Batch& where, const Input& x, std::optional<Rng> rng)> forward;
  int width = 0;
  // Where a row is those of several layers side by side: these.
  std::function<std::vector<Var>(const Batch& where, const Input& x, std::optional<Rng> rng)> layers = {};
  // These for nodes that look alike: rows of layer l are those of kinds.steps[l]. Empty where rows depend on more.
  std::function<std::vector<Var>(const Alike& kinds, bool training)> alike_layers = {};
  Var operator()(const Batch& batch, std::optional<Rng> rng = {}) const { return forward(batch, batch.x, rng); }
};

// One graph convolution: how `x` moves along the edges of `where`. Stacks of them are encoders.
using Convolution = std::function<Var(const Batch& where, const Input& x, std::optional<Rng> rng)>;

}  // namespace pfm
