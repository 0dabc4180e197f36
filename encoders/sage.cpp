#include <pfm/encoders/sage.h>
#include <pfm/nn/graph_ops.h>
#include <pfm/nn/norms.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/products.h>

namespace pfm {

Sage::Sage(const Params& p, Offset in, Offset out, Settings how)
    : neighbours(p / "neighbours", in, out), root(p / "root", in, out, Linear::Bias::no), settings(how) {}

// Sums and means are linear: where the product is not wider than the input, or the input is constant, it comes first.
Var Sage::operator()(const Graph& graph, const Input& x) const {
  const Sparse along = graph.incoming().without_values();
  const Var& w = neighbours.weight;
  const bool product_first = settings.reduce != Reduce::max && (!x.var || w.rows() >= w.cols());
  const Var received = product_first ? aggregate(along, multiply(x, w), settings.reduce)
                                     : multiply(aggregate(along, as_var(x), settings.reduce), w);
  const Var out = add_row(add(received, apply(root, first_rows(x, along.rows()))), neighbours.bias);
  return settings.normalise ? l2_normalise(out) : out;
}

}  // namespace pfm
