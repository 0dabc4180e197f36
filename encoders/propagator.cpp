#include <pfm/encoders/propagator.h>
#include <pfm/nn/edge_ops.h>
#include <pfm/nn/graph_ops.h>
#include <pfm/nn/ops.h>

namespace pfm {

Propagator::Propagator(const Graph& graph, const Propagation& how, const Var& weights) {
  if (!weights) {
    along_ = graph.propagation(how);
    return;
  }
  expect(weights.rows() == graph.edges() && weights.cols() == 1, "Propagator: a weight per stored edge");
  const Messages& messages = graph.messages(how.loops);
  along_ = messages.along;
  weights_ = normalise_edges(along_, along(messages, weights, how.loop), how.norm);
}

Var Propagator::operator()(const Var& x) const { return weights_ ? spmm(along_, weights_, x) : spmm(along_, x); }

Var Propagator::operator()(const Var& x, const Var& bias) const {
  return weights_ ? add_row(spmm(along_, weights_, x), bias) : spmm_add_row(along_, x, bias);
}

}  // namespace pfm
