#include <fmt/format.h>
#include <pfm/graph/personalised_pagerank.h>
#include <pfm/kernels/parallel.h>
#include <pfm/sampling/pagerank_subgraphs.h>

#include <algorithm>
#include <cmath>

namespace pfm {
namespace {

constexpr std::size_t a_time = 512;  // sources whose whole rows are in memory

struct Scored {
  NodeId node;
  Real score;
};

// The best of one row, into its list.
void rank(const Sparse& row, Offset i, NodeId source, const Graph& graph, PagerankRules::Score by,
          std::span<NodeId> nodes, std::span<Real> scores) {
  const auto degree = [&](NodeId v) { return double(graph.adjacency().columns(v).size()); };
  std::vector<Scored> all;
  for (std::size_t e = 0; e < row.columns(i).size(); ++e) {
    const NodeId v = row.columns(i)[e];
    const double ends = double(row.values(i)[e]);
    if (v != source)
      all.push_back({v, Real(by == PagerankRules::Score::ends ? ends : ends * std::sqrt(degree(source) / degree(v)))});
  }
  const auto last = all.begin() + std::ptrdiff_t(std::min(all.size(), nodes.size()));
  std::ranges::partial_sort(all, last, [](const Scored& a, const Scored& b) {
    return a.score != b.score ? a.score > b.score : a.node < b.node;
  });
  for (auto it = all.begin(); it != last; ++it) {
    nodes[std::size_t(it - all.begin())] = it->node;
    scores[std::size_t(it - all.begin())] = it->score;
  }
}

void check(const Graph& graph, const PagerankRules& r) {
  auto refuse = [](Fault whose, const std::string& text) { throw Error(whose, "PageRank lists: " + text); };
  if (r.count < 1) refuse(Fault::usage, fmt::format("at least 1 node around each, not {}", r.count));
  if (!(r.alpha > 0 && r.alpha <= 1)) refuse(Fault::usage, fmt::format("alpha in (0, 1], not {}", r.alpha));
  if (!(r.epsilon > 0)) refuse(Fault::usage, fmt::format("epsilon above 0, not {}", r.epsilon));
  if (r.score == PagerankRules::Score::intimacy && !graph.undirected())
    refuse(Fault::input, "intimacy is known of undirected graphs alone, and this one is directed");
}

}  // namespace

RankedNodes RankedNodes::rows(std::span<const NodeId> ids) const {
  RankedNodes some{.width = width};
  for (const NodeId id : ids) {
    const auto first = std::ptrdiff_t(id) * width, last = first + width;
    some.nodes.insert(some.nodes.end(), nodes.begin() + first, nodes.begin() + last);
    some.scores.insert(some.scores.end(), scores.begin() + first, scores.begin() + last);
  }
  return some;
}

RankedNodes ranked_by_pagerank(const Graph& graph, std::span<const NodeId> sources, const PagerankRules& rules) {
  check(graph, rules);
  const auto width = std::size_t(rules.count);
  RankedNodes lists{.width = rules.count};
  lists.nodes.resize(sources.size() * width, -1), lists.scores.resize(sources.size() * width);
  for (std::size_t first = 0; first < sources.size(); first += a_time) {
    const auto some = sources.subspan(first, std::min(a_time, sources.size() - first));
    const Sparse rows = personalised_pagerank(graph, some, {.alpha = rules.alpha, .epsilon = rules.epsilon});
    parallel_for(Offset(some.size()), 16, [&](Offset begin, Offset end) {
      for (Offset i = begin; i < end; ++i) {
        const std::size_t at = (first + std::size_t(i)) * width;
        rank(rows, i, some[std::size_t(i)], graph, rules.score, std::span(lists.nodes).subspan(at, width),
             std::span(lists.scores).subspan(at, width));
      }
    });
  }
  return lists;
}

Batch ranked_subgraphs(const Subgraphs& graphs, std::span<const NodeId> seeds, const RankedNodes& lists) {
  expect(lists.nodes.size() == seeds.size() * std::size_t(lists.width), "ranked_subgraphs: a list for each seed");
  return graphs.around(seeds, [&](std::size_t i, SubgraphNodes& nodes) {
    for (const NodeId v : lists.of(i))
      if (v >= 0) nodes.add(v);
  });
}

}  // namespace pfm
