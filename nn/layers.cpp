#include <pfm/kernels/packed.h>
#include <pfm/nn/activations.h>
#include <pfm/nn/affine.h>
#include <pfm/nn/layers.h>
#include <pfm/nn/norms.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/products.h>

namespace pfm {

Linear::Linear(const Params& p, Offset in, Offset out, Bias with)
    : weight(p.glorot("weight", in, out)), bias(with == Bias::yes ? p.constant("bias", 1, out, 0) : Var()) {}

static Epilogue epilogue_of(const Linear& linear, Activation activation) {
  return {.bias = linear.bias ? &linear.bias.value() : nullptr, .activation = activation};
}

Var Linear::operator()(const Var& x, Activation after) const {
  if (!packed || !NoGradient::active()) return affine(x, weight, bias, after);
  return Var(packed->multiply(x.value(), epilogue_of(*this, after)));
}

Var in_turn(const Linear& first, Activation between, const Linear& second, const Var& x) {
  if (!first.packed || !second.packed || !NoGradient::active()) return second(first(x, between));
  return Var(first.packed->multiply(x.value(), epilogue_of(first, between), *second.packed,
                                    epilogue_of(second, Activation::none)));
}

void Linear::pack(Precision precision) { packed = std::make_shared<const Packed>(weight.value(), precision); }

Mlp::Mlp(const Params& p, const std::vector<Offset>& widths, Var (*between)(const Var&)) : activation(between) {
  expect(widths.size() >= 2, "Mlp: the widths of input and output at least");
  for (std::size_t i = 0; i + 1 < widths.size(); ++i)
    layers.emplace_back(p / std::to_string(i), widths[i], widths[i + 1]);
}

Var Mlp::operator()(const Var& x) const {
  Var h = x;
  for (std::size_t i = 0; i < layers.size(); ++i) h = layers[i](i == 0 ? h : activation(h));
  return h;
}

BatchNorm::BatchNorm(const Params& p, Offset width, Real eps)
    : scale(p.constant("scale", 1, width, 1)),
      shift(p.constant("shift", 1, width, 0)),
      mean(p.state("running_mean", 1, width, 0)),
      variance(p.state("running_variance", 1, width, 1)),
      epsilon(eps) {}

Var BatchNorm::operator()(const Var& x, bool training, const RowsAlike& alike) const {
  if (training) return batch_norm(x, scale, shift, mean, variance, Real(0.1), epsilon, alike);
  return batch_norm_fixed(x, scale, shift, mean, variance, epsilon);
}

LayerNorm::LayerNorm(const Params& p, Offset width, Real eps)
    : scale(p.constant("scale", 1, width, 1)), shift(p.constant("shift", 1, width, 0)), epsilon(eps) {}

Var LayerNorm::operator()(const Var& x) const { return layer_norm(x, scale, shift, epsilon); }
Var LayerNorm::operator()(const Var& x, const Var& change) const { return add_norm(x, change, scale, shift, epsilon); }

Var Dropout::operator()(const Var& x, const std::optional<Rng>& rng) const { return rng ? dropout(x, rate, *rng) : x; }

PRelu::PRelu(const Params& p, Offset slopes, Real start) : slope(p.constant("slope", 1, slopes, start)) {}

Var PRelu::operator()(const Var& x) const { return prelu(x, slope); }

Bilinear::Bilinear(const Params& p, Offset left, Offset right)
    : weight(p.glorot("weight", left, right)), bias(p.constant("bias", 1, 1, 0)) {}

// One row b: W b^T first, a product with a vector instead of a matrix.
Var Bilinear::operator()(const Var& a, const Var& b) const {
  const Var scores = b.rows() == 1 ? multiply(a, multiply_transposed(weight, b)) : row_dots(multiply(a, weight), b);
  return add_row(scores, bias);
}

}  // namespace pfm
