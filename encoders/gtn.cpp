#include <pfm/encoders/gtn.h>
#include <pfm/nn/graph_ops.h>
#include <pfm/nn/norms.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/shape.h>

namespace pfm {

TypedEdges typed_edges(const Graph& graph, const Types& types) {
  TypedEdges all;
  std::vector<NodeId> forth, back;  // of each relation
  for (const Types::Relation& r : types.relations) {
    forth.push_back(NodeId(all.names.size())), all.names.push_back(r.name);
    back.push_back(forth.back());
    if (!r.both_ways || r.source == r.target) continue;
    back.back() = NodeId(all.names.size()), all.names.push_back(r.name + " back");
  }
  const auto self = NodeId(all.names.size());
  all.names.push_back("self");

  const Messages& messages = graph.messages();
  const CsrView& given = messages.along.view();
  std::vector<Offset> offsets{0};
  std::vector<NodeId> columns;
  const auto put = [&](NodeId column, NodeId type) { columns.push_back(column), all.type.push_back(type); };
  for (NodeId i = 0; i < NodeId(given.rows); ++i) {
    bool looped = false;
    for (Offset e = given.offsets[i]; e < given.offsets[i + 1]; ++e) {
      const NodeId j = given.columns[e];
      if (!looped && j > i) put(i, self), looped = true;
      const auto r = std::size_t(graph.edge_types()[std::size_t(messages.edge[std::size_t(e)])]);
      const std::int32_t target = types.relations[r].target;
      put(j, types.node_ptr[target] <= i && i < types.node_ptr[target + 1] ? forth[r] : back[r]);
    }
    if (!looped) put(i, self);
    offsets.push_back(Offset(columns.size()));
  }
  all.along = Sparse(given.rows, given.cols, std::move(offsets), std::move(columns));
  return all;
}

SoftPaths::SoftPaths(const Params& p, Offset channels, Offset layers, Offset types) {
  for (Offset c = 0; c < channels; ++c)
    choice.push_back(p.normal("choice." + std::to_string(c), layers + 1, types, 0.01));
}

Var SoftPaths::chosen(Offset channel) const { return softmax(choice[std::size_t(channel)]); }

// Normalising the rows after each product, as the paper does, ends in what normalising them once does:
// D_2^-1 (D_1^-1 Q_1 Q_2) Q_3 has rows of sum 1, so D_2 D_1 are the row sums of Q_1 Q_2 Q_3, which are the same chain
// applied to ones. Loops make them positive.
Var SoftPaths::operator()(const TypedEdges& edges, Offset channel, const Var& x) const {
  const Var alpha = chosen(channel);
  Var moved = x, sums(Matrix::filled(x.rows(), 1, 1));
  for (Offset l = alpha.rows() - 1; l >= 0; --l) {  // Q_1 (Q_2 (.. x))
    const Var weights = reshape(slice_rows(alpha, l, l + 1), alpha.cols(), 1);
    const Var values = gather_rows(weights, edges.type);
    moved = spmm(edges.along, values, moved);
    sums = spmm(edges.along, values, sums);
  }
  return multiply_column(moved, power(sums, -1));
}

}  // namespace pfm
