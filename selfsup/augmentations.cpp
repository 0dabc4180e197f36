#include <pfm/encoders/readout.h>
#include <pfm/graph/entries.h>
#include <pfm/kernels/parallel.h>
#include <pfm/selfsup/augmentations.h>

#include <algorithm>

namespace pfm {
namespace {

// body(begin, end, g) for the rows [begin, end) of each sample g, on all threads.
template <class Body>
void for_each_sample(const Batch& batch, Body body) {
  const std::vector<Offset> segments = segments_of(batch);
  parallel_for(Offset(segments.size()) - 1, 16, [&](Offset first, Offset last) {
    for (Offset g = first; g < last; ++g)
      body(NodeId(segments[std::size_t(g)]), NodeId(segments[std::size_t(g) + 1]), g);
  });
}

// A random row of [begin, end) and its surroundings, `count` rows at most, marked in `kept`.
void grow(const Sparse& adjacency, NodeId begin, NodeId end, NodeId count, const Rng& rng, std::vector<char>& kept) {
  std::vector<NodeId> frontier{NodeId(begin + rng.below(0, std::uint64_t(end - begin)))};
  std::vector<char> met(static_cast<std::size_t>(end - begin));
  met[std::size_t(frontier[0] - begin)] = 1;
  for (std::uint64_t step = 1; count > 0 && !frontier.empty(); ++step, --count) {
    std::swap(frontier[std::size_t(rng.below(step, frontier.size()))], frontier.back());
    const NodeId v = frontier.back();
    frontier.pop_back();
    kept[std::size_t(v)] = 1;
    for (const NodeId u : adjacency.columns(v))
      if (begin <= u && u < end && !std::exchange(met[std::size_t(u - begin)], char(1))) frontier.push_back(u);
  }
}

}  // namespace

Corruption remove_pairs(double ratio) {
  return [=](const Batch& batch, Rng rng) {
    const CsrView& a = batch.graph.adjacency().view();
    std::vector<char> removed(a.columns.size());
    for_each_sample(batch, [&](NodeId begin, NodeId end, Offset g) {
      std::vector<Edge> pairs;
      for (NodeId u = begin; u < end; ++u)
        for (const NodeId v : batch.graph.adjacency().columns(u))
          if (u < v) pairs.push_back({u, v});
      const auto mark = [&](NodeId u, NodeId v) {
        const auto row = batch.graph.adjacency().columns(u);
        const auto at = std::ranges::lower_bound(row, v);
        if (at != row.end() && *at == v) removed[std::size_t(a.offsets[u] + (at - row.begin()))] = 1;
      };
      const auto count = NodeId(ratio * double(pairs.size()));
      for (const NodeId i : sample_without(NodeId(pairs.size()), count, rng.split(std::uint64_t(g)))) {
        const auto [u, v] = pairs[std::size_t(i)];
        mark(u, v), mark(v, u);
      }
    });
    std::vector<Offset> stay;
    for (std::size_t e = 0; e < removed.size(); ++e)
      if (!removed[e]) stay.push_back(Offset(e));
    Batch view = batch;
    view.graph = with_entries(batch.graph, stay);
    return view;
  };
}

Corruption noise_rows(double ratio) {
  return [=](const Batch& batch, Rng rng) {
    Matrix x = batch.x.as_dense();
    for_each_sample(batch, [&](NodeId begin, NodeId end, Offset g) {
      const Rng own = rng.split(std::uint64_t(g));
      for (const NodeId i : sample_without(end - begin, NodeId(ratio * (end - begin)), own.split("rows")))
        for (Offset j = 0; j < x.cols(); ++j)
          x(begin + i, j) = Real(0.5 + 0.5 * own.normal(std::uint64_t(i) * std::uint64_t(x.cols()) + std::uint64_t(j)));
    });
    Batch view = batch;
    view.x = Features(std::move(x));
    return view;
  };
}

Corruption grow_subgraphs(double ratio) {
  return [=](const Batch& batch, Rng rng) {
    std::vector<char> kept(std::size_t(batch.rows()));
    for_each_sample(batch, [&](NodeId begin, NodeId end, Offset g) {
      const NodeId count = end - begin - NodeId(ratio * (end - begin));
      if (end > begin) grow(batch.graph.adjacency(), begin, end, count, rng.split(std::uint64_t(g)), kept);
    });
    std::vector<NodeId> rows;
    for (NodeId v = 0; v < batch.rows(); ++v)
      if (kept[std::size_t(v)]) rows.push_back(v);
    return induced(batch, rows);
  };
}

Corruption one_of(std::vector<Corruption> choices) {
  expect(!choices.empty(), "one_of: something to choose from");
  return [choices = std::move(choices)](const Batch& batch, Rng rng) {
    const auto samples = NodeId(segments_of(batch).size()) - 1;
    std::vector<std::vector<NodeId>> chosen(choices.size());
    for (NodeId g = 0; g < samples; ++g) chosen[std::size_t(rng.below(std::uint64_t(g), choices.size()))].push_back(g);
    std::vector<Batch> views;
    std::vector<NodeId> place(static_cast<std::size_t>(samples));  // of each sample among the views
    NodeId next = 0;
    for (std::size_t c = 0; c < choices.size(); ++c) {
      for (const NodeId g : chosen[c]) place[std::size_t(g)] = next++;
      if (!chosen[c].empty()) views.push_back(choices[c](chosen_samples(batch, chosen[c]), rng.split("view").split(c)));
    }
    return chosen_samples(disjoint_union(views), place);
  };
}

}  // namespace pfm
