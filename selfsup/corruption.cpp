#include <pfm/graph/entries.h>
#include <pfm/kernels/parallel.h>
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

// The i of [0, n) for which keep(i) holds, ascending; decided in parallel.
template <class Keep>
static std::vector<Offset> indices_where(Offset n, Keep keep) {
  std::vector<char> decided(std::size_t(n), 0);
  parallel_for(n, 16384, [&](Offset begin, Offset end) {
    for (Offset i = begin; i < end; ++i) decided[std::size_t(i)] = keep(i);
  });
  std::vector<Offset> indices;
  indices.reserve(std::size_t(n));
  for (Offset i = 0; i < n; ++i)
    if (decided[std::size_t(i)]) indices.push_back(i);
  return indices;
}

Corruption drop_edges(double rate) {
  return [=](const Batch& batch, Rng rng) {
    Batch view = batch;
    const auto stays = [&](Offset e) { return rng.uniform(std::uint64_t(e)) >= rate; };
    view.graph = with_entries(batch.graph, indices_where(batch.graph.edges(), stays));
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
  return with_entries(rows, indices_where(v.nonzeros(), [&](Offset e) { return !dropped(row_of[e], v.columns[e]); }));
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
