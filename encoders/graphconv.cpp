#include <pfm/encoders/graphconv.h>
#include <pfm/encoders/propagator.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/products.h>

namespace pfm {

GraphConv::GraphConv(const Params& p, Offset in, Offset out, Reduce how)
    : neighbours(p / "neighbours", in, out), root(p / "root", in, out, Linear::Bias::no), reduce(how) {
  if (how == Reduce::max) throw Error(Fault::usage, "graphconv: neighbours are summed or averaged, reduce=max is not");
}

// 1 / how many edges come in, as a column.
static Var shares(const Sparse& incoming) {
  Matrix share(incoming.rows(), 1);
  for (Offset i = 0; i < incoming.rows(); ++i)
    share(i, 0) = 1 / Real(std::max<std::size_t>(1, incoming.columns(i).size()));
  return Var(std::move(share));
}

Var GraphConv::operator()(const Graph& graph, const Input& x, const Var& edge_weights) const {
  const Propagator propagate(graph, {.norm = Norm::none, .loops = Loops::as_given}, edge_weights);
  const Var& w = neighbours.weight;
  const bool product_first = !x.var || w.rows() >= w.cols();
  Var received = propagate(product_first ? multiply(x, w) : x.var);
  if (reduce == Reduce::mean) received = multiply_column(received, shares(graph.incoming()));
  if (!product_first) received = multiply(received, w);
  return add_row(add(received, apply(root, first_rows(x, received.rows()))), neighbours.bias);
}

}  // namespace pfm
