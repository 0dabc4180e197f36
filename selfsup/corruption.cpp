#include <pfm/encoders/readout.h>
#include <pfm/graph/entries.h>
#include <pfm/graph/symmetrise.h>
#include <pfm/kernels/parallel.h>
#include <pfm/kernels/uniforms.h>
#include <pfm/sampling/walks.h>
#include <pfm/selfsup/corruption.h>

#include <algorithm>
#include <numeric>

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

// chance(e) that the stored entry e falls out.
template <class Chance>
static Corruption drop_edges_by(Chance chance) {
  return [=](const Batch& batch, Rng rng) {
    Batch view = batch;
    const std::vector<double> drawn = uniforms(rng, 0, std::size_t(batch.graph.edges()));
    const auto stays = [&](Offset e) { return drawn[std::size_t(e)] >= chance(batch.graph, e); };
    view.graph = with_entries(batch.graph, indices_where(batch.graph.edges(), stays));
    return view;
  };
}

Corruption drop_edges(double rate) {
  return drop_edges_by([=](const Graph&, Offset) { return rate; });
}

Corruption drop_edges(std::vector<double> chances) {
  return drop_edges_by([chances = std::move(chances)](const Graph& graph, Offset e) {
    expect(std::size_t(graph.edges()) == chances.size(), "drop_edges: a chance per stored entry");
    return chances[std::size_t(e)];
  });
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

template <class Chance>
static Corruption drop_columns_by(Chance chance) {
  return [=](const Batch& batch, Rng rng) {
    std::vector<char> drop(batch.x.cols());
    for (std::size_t j = 0; j < drop.size(); ++j) drop[j] = rng.uniform(j) < chance(batch.x, j);
    Batch view = batch;
    view.x = without(batch.x, {}, drop);
    return view;
  };
}

Corruption drop_columns(double rate) {
  return drop_columns_by([=](const Features&, std::size_t) { return rate; });
}

Corruption drop_columns(std::vector<double> chances) {
  return drop_columns_by([chances = std::move(chances)](const Features& x, std::size_t j) {
    expect(std::size_t(x.cols()) == chances.size(), "drop_columns: a chance per column");
    return chances[j];
  });
}

Features without_rows(const Features& x, std::span<const NodeId> rows) {
  std::vector<char> drop(static_cast<std::size_t>(x.rows()));
  for (const NodeId v : rows) drop[std::size_t(v)] = 1;
  return without(x, drop, {});
}

Corruption mask_nodes(double rate, double replace, double leave) {
  return [=](const Batch& batch, Rng rng) {
    const NodeId n = batch.rows(), hidden = NodeId(rate * n);
    const NodeId zeros = NodeId((1 - replace - leave) * hidden), replaced = NodeId(replace * hidden);
    Batch view = batch;
    view.hidden_nodes = sample_without(n, hidden, rng);
    const auto first = view.hidden_nodes.begin();
    std::ranges::sort(first, first + zeros);
    std::ranges::sort(first + zeros, first + zeros + replaced);
    std::ranges::sort(first + zeros + replaced, view.hidden_nodes.end());
    view.x = batch.x;
    if (replaced > 0) {
      std::vector<NodeId> rows(static_cast<std::size_t>(n));
      std::iota(rows.begin(), rows.end(), NodeId{0});
      const std::vector<NodeId> others = sample_without(n, replaced, rng.split("replace"));
      for (NodeId i = 0; i < replaced; ++i) rows[std::size_t(first[zeros + i])] = others[std::size_t(i)];
      view.x = view.x.gather(rows);
    }
    view.x = without_rows(view.x, std::span(view.hidden_nodes).first(std::size_t(zeros)));
    return view;
  };
}

// The view without the entries `hidden`, which are named in it, and undirected.
static Batch with_hidden_edges(const Batch& batch, std::span<const char> hidden) {
  Batch view = batch;
  const CsrView& a = batch.graph.adjacency().view();
  std::vector<Offset> kept;
  for (Offset u = 0; u < a.rows; ++u)
    for (Offset e = a.offsets[u]; e < a.offsets[u + 1]; ++e)
      if (hidden[std::size_t(e)])
        view.hidden_edges.push_back({NodeId(u), a.columns[e]});
      else
        kept.push_back(e);
  view.graph = symmetrised(with_entries(batch.graph, kept));
  return view;
}

Corruption hide_edges(double rate) {
  return [=](const Batch& batch, Rng rng) {
    std::vector<char> hidden(std::size_t(batch.graph.edges()));
    const std::vector<double> drawn = uniforms(rng, 0, hidden.size());
    for (std::size_t e = 0; e < hidden.size(); ++e) hidden[e] = drawn[e] < rate;
    return with_hidden_edges(batch, hidden);
  };
}

Corruption hide_pairs(double rate) {
  return [=](const Batch& batch, Rng rng) {
    const CsrView& a = batch.graph.adjacency().view();
    std::vector<char> hidden(a.columns.size());
    for (Offset u = 0; u < a.rows; ++u)
      for (Offset e = a.offsets[u]; e < a.offsets[u + 1]; ++e) {
        const Offset v = a.columns[e], low = std::min(u, v), high = std::max(u, v);
        hidden[std::size_t(e)] = rng.uniform(std::uint64_t(low) * std::uint64_t(a.rows) + std::uint64_t(high)) < rate;
      }
    return with_hidden_edges(batch, hidden);
  };
}

// The sources of entries, each at `rate`.
static std::vector<NodeId> some_sources(const CsrView& a, double rate, const Rng& rng) {
  const std::vector<double> drawn = uniforms(rng, 0, a.columns.size());
  std::vector<NodeId> sources;
  for (Offset u = 0; u < a.rows; ++u)
    for (Offset e = a.offsets[u]; e < a.offsets[u + 1]; ++e)
      if (drawn[std::size_t(e)] < rate) sources.push_back(NodeId(u));
  return sources;
}

Corruption hide_paths(double rate, Offset steps, PathStart start) {
  return [=](const Batch& batch, Rng rng) {
    const CsrView& a = batch.graph.adjacency().view();
    const std::vector<NodeId> starts =
        start == PathStart::entry
            ? some_sources(a, rate, rng.split("starts"))
            : sample_without(batch.rows(), NodeId(rate * batch.rows() + 0.5), rng.split("starts"));
    std::vector<NodeId> walks(starts.size() * std::size_t(steps + 1));
    Walker(batch.graph, {.length = steps, .weighted = false}).walk(starts, 0, rng.split("walks"), walks);
    std::vector<char> hidden(a.columns.size());
    for (std::size_t i = 1; i < walks.size(); ++i) {
      if (i % std::size_t(steps + 1) == 0 || walks[i] < 0) continue;
      const auto row = batch.graph.adjacency().columns(walks[i - 1]);
      hidden[std::size_t(a.offsets[walks[i - 1]] + (std::ranges::lower_bound(row, walks[i]) - row.begin()))] = 1;
    }
    return with_hidden_edges(batch, hidden);
  };
}

Corruption drop_nodes(double rate) {
  return [=](const Batch& batch, Rng rng) {
    const std::vector<Offset> segments = segments_of(batch);
    std::vector<NodeId> keep;
    for (std::size_t g = 0; g + 1 < segments.size(); ++g) {
      const auto first = NodeId(segments[g]), n = NodeId(segments[g + 1] - segments[g]);
      std::vector<NodeId> stay = sample_without(n, n - NodeId(rate * n), rng.split(g));
      std::ranges::sort(stay);
      for (const NodeId v : stay) keep.push_back(first + v);
    }
    return induced(batch, keep);
  };
}

}  // namespace pfm
