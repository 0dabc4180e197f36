#include <pfm/selfsup/corruption.h>

#include <algorithm>

namespace pfm {

Corruption operator|(Corruption first, Corruption then) {
  return [=](const Batch& batch, Rng rng) { return then(first(batch, rng.split(0)), rng.split(1)); };
}

Corruption shuffle_rows() {
  return [](const Batch& batch, Rng rng) {
    Batch view = batch;
    view.x = batch.x.gather(permutation(batch.rows(), rng));
    return view;
  };
}

// The entries of `a` for which keep(entry) holds; weights follow.
template <class Keep>
static Sparse filtered(const Sparse& a, Keep keep) {
  const CsrView& v = a.view();
  std::vector<Offset> offsets{0};
  std::vector<NodeId> columns;
  std::vector<Real> values;
  columns.reserve(v.columns.size());
  for (Offset row = 0; row < v.rows; ++row) {
    for (Offset e = v.offsets[row]; e < v.offsets[row + 1]; ++e)
      if (keep(e)) {
        columns.push_back(v.columns[e]);
        if (a.weighted()) values.push_back(v.values[e]);
      }
    offsets.push_back(Offset(columns.size()));
  }
  return {v.rows, v.cols, std::move(offsets), std::move(columns), std::move(values)};
}

Corruption drop_edges(double rate) {
  return [=](const Batch& batch, Rng rng) {
    auto keep = [&](Offset e) { return rng.uniform(std::uint64_t(e)) >= rate; };
    const Graph& g = batch.graph;
    std::vector<std::int32_t> types;
    std::vector<Offset> kept;
    for (Offset e = 0; e < g.edges(); ++e)
      if (keep(e)) kept.push_back(e);
    if (!g.edge_types().empty())
      for (Offset e : kept) types.push_back(g.edge_types()[e]);
    Matrix attributes(g.edge_attributes().empty() ? 0 : Offset(kept.size()), g.edge_attributes().cols());
    for (Offset i = 0; i < attributes.rows(); ++i)
      std::ranges::copy(g.edge_attributes().row(kept[i]), attributes.row(i).begin());
    Batch view = batch;
    view.graph = Graph(filtered(g.adjacency(), keep), std::move(attributes), std::move(types));
    return view;
  };
}

static Features without(const Features& x, const std::vector<char>& drop_row, const std::vector<char>& drop_column) {
  auto dropped = [&](Offset row, NodeId column) {
    return (!drop_row.empty() && drop_row[row]) || (!drop_column.empty() && drop_column[column]);
  };
  if (x.is_dense()) {
    Matrix result = x.dense().clone();
    for (Offset i = 0; i < result.rows(); ++i)
      for (NodeId j = 0; j < result.cols(); ++j)
        if (dropped(i, j)) result(i, j) = 0;
    return result;
  }
  const Sparse rows = x.as_sparse();
  const CsrView& v = rows.view();
  std::vector<Offset> row_of(v.columns.size());
  for (Offset row = 0; row < v.rows; ++row)
    std::fill(row_of.begin() + v.offsets[row], row_of.begin() + v.offsets[row + 1], row);
  return filtered(rows, [&](Offset e) { return !dropped(row_of[e], v.columns[e]); });
}

Corruption drop_columns(double rate) {
  return [=](const Batch& batch, Rng rng) {
    std::vector<char> drop(batch.x.cols());
    for (std::size_t j = 0; j < drop.size(); ++j) drop[j] = rng.uniform(j) < rate;
    Batch view = batch;
    view.x = without(batch.x, {}, drop);
    return view;
  };
}

Corruption mask_nodes(double rate) {
  return [=](const Batch& batch, Rng rng) {
    Batch view = batch;
    view.hidden_nodes = sample_without(batch.rows(), NodeId(rate * batch.rows()), rng);
    std::ranges::sort(view.hidden_nodes);
    std::vector<char> drop(batch.rows());
    for (NodeId v : view.hidden_nodes) drop[v] = 1;
    view.x = without(batch.x, drop, {});
    return view;
  };
}

Corruption drop_nodes(double rate) {
  return [=](const Batch& batch, Rng rng) {
    const auto lost = NodeId(rate * batch.rows());
    std::vector<NodeId> keep = sample_without(batch.rows(), batch.rows() - lost, rng);
    std::ranges::sort(keep);
    return induced(batch, keep);
  };
}

}  // namespace pfm
