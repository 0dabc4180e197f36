#include <pfm/encoders/gcn.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/products.h>

namespace pfm {

Gcn::Gcn(const Params& p, Offset in, Offset out, Propagation how)
    : weight(p.glorot("weight", in, out)), bias(p.constant("bias", 1, out, 0)), along(how) {}

// Propagates on the narrower side: A (X W) unless the layer widens a computed input.
Var Gcn::operator()(const Graph& graph, const Input& x, const Var& edge_weights) const {
  const Propagator propagate(graph, along, edge_weights);
  if (x.var && weight.rows() < weight.cols()) return add_row(multiply(propagate(x.var), weight), bias);
  return propagate(multiply(x, weight), bias);
}

}  // namespace pfm
