// Layers: small structs made from parameters. Weights are [in, out], biases [1, out]. Letters: n rows.
#pragma once
#include <pfm/kernels/gemm.h>
#include <pfm/nn/norms.h>
#include <pfm/nn/params.h>

#include <memory>
#include <optional>

namespace pfm {

class Packed;
enum class Precision;

struct Linear {
  enum class Bias : bool { no, yes };
  // "weight" Glorot, "bias" zero.
  Linear(const Params& p, Offset in, Offset out, Bias with = Bias::yes);
  Var operator()(const Var& x, Activation after = Activation::none) const;  // [n, in] -> [n, out]
  void pack(Precision precision);  // from now on, without gradients, a product with the weights as they are now
  Var weight, bias;                // bias may be none
  std::shared_ptr<const Packed> packed;
};

Var in_turn(const Linear& first, Activation between, const Linear& second, const Var& x);  // second(first(x, between))

// Linear, activation, Linear, .. with names "0.weight", "0.bias", "1.weight", ..; nothing after the last.
struct Mlp {
  // Widths from the input's to the output's: Mlp(p, {64, 128, 32}).
  Mlp(const Params& p, const std::vector<Offset>& widths, Var (*activation)(const Var&));
  Var operator()(const Var& x) const;  // [n, in] -> [n, out]
  std::vector<Linear> layers;
  Var (*activation)(const Var&);
};

// "scale" 1, "shift" 0 and the state "running_mean", "running_variance" (weight of the newest batch: 0.1).
struct BatchNorm {
  BatchNorm(const Params& p, Offset width, Real epsilon = Real(1e-5));
  // In training the rows' own statistics, which the running ones follow; else the running ones.
  Var operator()(const Var& x, bool training, const RowsAlike& alike = {}) const;  // [n, width] -> [n, width]
  Var scale, shift, mean, variance;
  Real epsilon;
};

struct LayerNorm {
  LayerNorm(const Params& p, Offset width, Real epsilon = Real(1e-5));  // "scale" 1, "shift" 0
  Var operator()(const Var& x) const;                                   // [n, width] -> [n, width]
  Var operator()(const Var& x, const Var& change) const;                // of x + change
  Var scale, shift;
  Real epsilon;
};

struct Dropout {
  Real rate;
  Var operator()(const Var& x, const std::optional<Rng>& rng) const;  // without an Rng nothing happens
};

struct PRelu {
  PRelu(const Params& p, Offset slopes = 1, Real start = Real(0.25));  // "slope" [1, slopes]: 1 or one per column
  Var operator()(const Var& x) const;                                  // [n, k] -> [n, k]
  Var slope;
};

// Scores a_i W b_i + bias of pairs of rows; one row b serves all.
struct Bilinear {
  Bilinear(const Params& p, Offset left, Offset right);  // "weight" [left, right] Glorot, "bias" [1, 1] zero
  Var operator()(const Var& a, const Var& b) const;      // [n, left], [n, right] or [1, right] -> [n, 1]
  Var weight, bias;
};

}  // namespace pfm
