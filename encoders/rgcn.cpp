#include <pfm/encoders/rgcn.h>
#include <pfm/kernels/parallel.h>
#include <pfm/nn/graph_ops.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/products.h>
#include <pfm/nn/shape.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace pfm {

Rgcn::Rgcn(const Params& p, Offset in, Offset out, Offset count, Offset bases)
    : weight(p.uniform("weight", bases > 0 ? bases : count, in * out, std::sqrt(6.0 / double(in + out)))),
      root(p.glorot("root", in, out)),
      bias(p.constant("bias", 1, out, 0)),
      relations(count) {
  expect(count > 0, "Rgcn: at least one relation");
  if (bases > 0) mix = p.glorot("mix", count, bases);
}

// [N, N R]: row = target, column j R + r = an edge of type r from j, of weight 1 / how many of its type its target
// gets.
static Sparse typed_means(const Graph& graph, Offset relations) {
  const Messages& messages = graph.messages();
  const CsrView& along = messages.along.view();
  const auto types = graph.edge_types();
  std::vector<NodeId> columns(along.columns.size());
  std::vector<Real> values(along.columns.size());
  parallel_rows(along, row_block, [&](Offset begin, Offset end) {
    std::vector<Offset> count(static_cast<std::size_t>(relations));
    for (Offset i = begin; i < end; ++i) {
      std::ranges::fill(count, 0);
      const auto type = [&](Offset e) { return types.empty() ? 0 : types[std::size_t(messages.edge[std::size_t(e)])]; };
      for (Offset e = along.offsets[i]; e < along.offsets[i + 1]; ++e) {
        expect(0 <= type(e) && type(e) < relations, "Rgcn: edge types below the number of relations");
        columns[std::size_t(e)] = NodeId(along.columns[e] * relations + type(e));
        ++count[std::size_t(type(e))];
      }
      for (Offset e = along.offsets[i]; e < along.offsets[i + 1]; ++e)
        values[std::size_t(e)] = 1 / Real(count[std::size_t(type(e))]);
    }
  });
  return {along.rows,
          along.cols * relations,
          {along.offsets.begin(), along.offsets.end()},
          std::move(columns),
          std::move(values)};
}

// x [W_0 | W_1 | ..] seen as [N R, out]: row j R + r is x_j W_r, which the edges of type r from j bring.
Var Rgcn::operator()(const Graph& graph, const Input& x) const {
  const Offset in = root.rows(), out = root.cols();
  expect(x.rows() * relations <= std::numeric_limits<NodeId>::max(), "Rgcn: nodes times relations below 2^31");
  const Var all = mix ? multiply(mix, weight) : weight;
  std::vector<Var> parts;
  for (Offset r = 0; r < relations; ++r) parts.push_back(reshape(slice_rows(all, r, r + 1), in, out));
  const Sparse means = typed_means(graph, relations);
  const Var sent = reshape(multiply(x, concat_columns(parts)), x.rows() * relations, out);
  return add(multiply(first_rows(x, means.rows()), root), spmm_add_row(means, sent, bias));
}

}  // namespace pfm
