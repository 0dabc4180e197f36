#include <pfm/encoders/appnp.h>
#include <pfm/nn/ops.h>

namespace pfm {

Var Appnp::operator()(const Graph& graph, const Var& x, const Var& edge_weights) const {
  const Propagator propagate(graph, along, edge_weights);
  const Var start = scale(x, alpha);
  Var h = x;
  for (int k = 0; k < hops; ++k) h = add(scale(propagate(h), 1 - alpha), start);
  return h;
}

}  // namespace pfm
