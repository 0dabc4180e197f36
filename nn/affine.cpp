#include <pfm/kernels/rows.h>
#include <pfm/nn/affine.h>
#include <pfm/nn/elementwise.h>

namespace pfm {

// The backward pass of the sums that enter the activation. That of the weights is one task where they are narrow, so
// it is done beside that of the rows.
static Var::Backward gradients(const Var& x, const Var& w, const Var& bias) {
  return [x, w, bias = bias ? bias.slot() : Var()](const Matrix& grad) {
    parallel_pair(
        [&] {
          x.accumulate(
              [&](Matrix& to, Real beta) { gemm(Transpose::no, Transpose::yes, 1, grad, w.value(), beta, to); });
          if (bias && bias.wants_gradient()) bias.accumulate(column_sums(grad));
        },
        [&] {
          w.accumulate(
              [&](Matrix& to, Real beta) { gemm(Transpose::yes, Transpose::no, 1, x.value(), grad, beta, to); });
        });
  };
}

// A relu's slope is read off its result, that of a gelu is kept in place of what entered it.
Var affine(const Var& x, const Var& w, const Var& bias, Activation activation) {
  expect(&x.grad() != &w.grad() && (!bias || &bias.grad() != &w.grad()), "affine: weights of their own");
  std::vector<Var> inputs{x, w};
  if (bias) inputs.push_back(bias);
  const bool recorded = Var::recorded(inputs);
  const bool sloped = recorded && activation >= Activation::gelu;
  Matrix out(x.rows(), w.cols());
  const auto slope = std::make_shared<Matrix>(sloped ? out.rows() : 0, out.cols());
  gemm(Transpose::no, Transpose::no, 1, x.value(), w.value(), 0, out,
       {.bias = bias ? &bias.value() : nullptr, .activation = activation, .slope = sloped ? slope.get() : nullptr});
  if (!recorded) return Var(std::move(out));
  Var::Backward before = gradients(x, w, bias);
  if (activation == Activation::relu)
    return Var::record(std::move(out), std::move(inputs), [before](const Matrix& value, Matrix& grad) {
      each_entry(grad.size(), [y = value.data(), g = grad.data()](Offset i) { g[i] = y[i] > 0 ? g[i] : 0; });
      before(grad);
    });
  if (sloped)
    return Var::record(std::move(out), std::move(inputs), [slope, before](Matrix& grad) {
      each_entry(grad.size(), [s = slope->data(), g = grad.data()](Offset i) { g[i] *= s[i]; });
      before(grad);
    });
  return Var::record(std::move(out), std::move(inputs), std::move(before));
}

}  // namespace pfm
