#include <pfm/encoders/encoder.h>
#include <pfm/nn/graph_ops.h>
#include <pfm/nn/products.h>

namespace pfm {

Var multiply(const Input& x, const Var& w) { return x.var ? multiply(x.var, w) : multiply(x.fixed, w); }

Var as_var(const Input& x) {
  if (x.var) return x.var;
  return Var(x.fixed.as_dense());
}

}  // namespace pfm
