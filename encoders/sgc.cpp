#include <pfm/encoders/sgc.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/products.h>

namespace pfm {

Sgc::Sgc(const Params& p, Offset in, Offset out, int steps, Propagation how)
    : linear(p, in, out), hops(steps), along(how) {}

// (A^K X) W = A^K (X W): the narrower side is propagated.
Var Sgc::operator()(const Graph& graph, const Input& x, const Var& edge_weights) const {
  const Propagator propagate(graph, along, edge_weights);
  const bool first = !x.var || linear.weight.rows() >= linear.weight.cols();
  Var h = first ? multiply(x, linear.weight) : x.var;
  for (int k = 0; k < hops; ++k) h = propagate(h);
  return add_row(first ? h : multiply(h, linear.weight), linear.bias);
}

}  // namespace pfm
