#include <pfm/kernels/rows.h>
#include <pfm/nn/activations.h>
#include <pfm/nn/affine.h>

namespace pfm {

static Var applied(const Var& x, Activation activation) {
  switch (activation) {
    case Activation::none:
      return x;
    case Activation::relu:
      return relu(x);
    case Activation::gelu:
      return gelu(x);
    case Activation::gelu_tanh:
      return gelu_tanh(x);
  }
  return x;
}

Var affine(const Var& x, const Var& w, const Var& bias, Activation activation) {
  const bool recorded = !NoGradient::active();
  Matrix out(x.rows(), w.cols());
  gemm(Transpose::no, Transpose::no, 1, x.value(), w.value(), 0, out,
       {.bias = bias ? &bias.value() : nullptr, .activation = recorded ? Activation::none : activation});
  std::vector<Var> inputs{x, w};
  if (bias) inputs.push_back(bias);
  const Var result =
      Var::record(std::move(out), std::move(inputs), [x, w, bias = bias ? bias.slot() : Var()](const Matrix& grad) {
        if (x.wants_gradient()) x.accumulate(multiply_transposed(grad, w.value()));
        if (w.wants_gradient()) w.accumulate(transposed_multiply(x.value(), grad));
        if (bias && bias.wants_gradient()) bias.accumulate(column_sums(grad));
      });
  return recorded ? applied(result, activation) : result;
}

}  // namespace pfm
