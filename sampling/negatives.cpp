#include <fmt/format.h>
#include <pfm/graph/non_edges.h>
#include <pfm/kernels/parallel.h>
#include <pfm/sampling/negatives.h>
#include <pfm/sampling/subgraphs.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace pfm {

constexpr std::uint64_t trials = 64;

struct NegativeSampler::Numbers {
  const Rng& trial;
  Rng listed, near;
};

// What a source has within its hops.
struct NegativeSampler::Near {
  Relabelling numbers;
  std::vector<NodeId> nodes;
  std::vector<double> sums;  // of their chances up to each
};

NegativeSampler::NegativeSampler(Graph graph, NegativeRules rules)
    : graph_(std::move(graph)), rules_(rules), near_(std::make_shared<Arenas<Near>>()) {
  if (rules.hops < 0) throw Error(Fault::usage, fmt::format("negatives: hops of at least 0, not {}", rules.hops));
  if (!(rules.power >= 0 && std::isfinite(rules.power)))
    throw Error(Fault::usage, fmt::format("negatives: a power of at least 0, not {}", rules.power));
  const auto offsets = graph_.incoming().view().offsets;
  chances_.resize(std::size_t(graph_.nodes()));
  for (std::size_t v = 0; v < chances_.size(); ++v)
    chances_[v] = Real(std::pow(double(offsets[v + 1] - offsets[v]), rules.power));
  if (std::ranges::none_of(chances_, [](Real c) { return c > 0; }))
    throw Error(Fault::input, "negatives: the graph has no node that can be drawn");
  if (rules.power == 0) return;
  std::vector<NodeId> nodes(chances_.size());
  std::iota(nodes.begin(), nodes.end(), NodeId{0});
  table_.resize(nodes.size());
  AliasBuilder().build(nodes, chances_, table_.data());
}

bool NegativeSampler::allowed(NodeId source, NodeId target) const {
  return rules_.edges || (target != source && !std::ranges::binary_search(graph_.adjacency().columns(source), target));
}

NodeId NegativeSampler::trial(const Rng& rng, std::uint64_t i) const {
  const auto place = NodeId(rng.below(2 * i, chances_.size()));
  return table_.empty() ? place : table_[std::size_t(place)].drawn(std::uint32_t(rng.bits(2 * i + 1)));
}

NodeId NegativeSampler::from_list(NodeId source, double uniform) const {
  double sum = 0;
  NodeId last = -1;
  auto each = [&](auto visit) {
    for (NodeId v = 0; v < graph_.nodes(); ++v)
      if (chances_[std::size_t(v)] > 0 && allowed(source, v) && visit(v)) return;
  };
  each([&](NodeId v) { return sum += chances_[std::size_t(v)], last = v, false; });
  if (last < 0)
    throw Error(Fault::input, fmt::format("negatives: node {} has an edge to every node that can be drawn", source));
  double rest = uniform * sum;
  each([&](NodeId v) { return last = v, (rest -= chances_[std::size_t(v)]) < 0; });
  return last;
}

NodeId NegativeSampler::anywhere(NodeId source, std::uint64_t number, const Numbers& numbers) const {
  NodeId target = trial(numbers.trial, number * trials);
  for (std::uint64_t t = 1; t < trials && !allowed(source, target); ++t)
    target = trial(numbers.trial, number * trials + t);
  return allowed(source, target) ? target : from_list(source, numbers.listed.uniform(number));
}

void NegativeSampler::draw_near(NodeId source, std::uint64_t number, const Numbers& numbers, Near& near,
                                std::span<NodeId> targets) const {
  SubgraphNodes met(near.numbers, graph_.nodes(), source);
  for (std::size_t hop = 0, next = 0; hop < std::size_t(rules_.hops) && next < met.size(); ++hop)
    for (const std::size_t end = met.size(); next < end; ++next)
      for (const NodeId v : graph_.adjacency().columns(met[next])) met.add(v);
  near.nodes.clear(), near.sums.clear();
  double sum = 0;
  for (const NodeId v : met.from(0))
    if (chances_[std::size_t(v)] > 0 && allowed(source, v))
      near.nodes.push_back(v), near.sums.push_back(sum += chances_[std::size_t(v)]);
  for (std::size_t i = 0; i < targets.size(); ++i) {
    if (near.nodes.empty()) {
      targets[i] = anywhere(source, number + i, numbers);
      continue;
    }
    const double at = numbers.near.uniform(number + i) * sum;
    const auto place = std::size_t(std::ranges::upper_bound(near.sums, at) - near.sums.begin());
    targets[i] = near.nodes[std::min(place, near.nodes.size() - 1)];
  }
}

void NegativeSampler::draw(std::span<const NodeId> sources, Offset count, Offset first, const Rng& rng,
                           std::span<NodeId> targets) const {
  expect(targets.size() == sources.size() * std::size_t(count), "NegativeSampler: `count` targets a source");
  for (const NodeId u : sources) expect(0 <= u && u < graph_.nodes(), "NegativeSampler: sources are nodes");
  const Numbers numbers{rng, rng.split("listed"), rng.split("near")};
  if (rules_.hops == 0)
    parallel_for(Offset(targets.size()), row_block, [&](Offset begin, Offset end) {
      for (Offset i = begin; i < end; ++i)
        targets[std::size_t(i)] = anywhere(sources[std::size_t(i / count)], std::uint64_t(first * count + i), numbers);
    });
  else
    parallel_for(Offset(sources.size()), 16, [&](Offset begin, Offset end) {
      near_->with([&](Near& near) {
        for (Offset i = begin; i < end; ++i)
          draw_near(sources[std::size_t(i)], std::uint64_t((first + i) * count), numbers, near,
                    targets.subspan(std::size_t(i * count), std::size_t(count)));
      });
    });
}

std::vector<Offset> NegativeSampler::target_counts() const {
  const Offset all = std::ranges::count_if(chances_, [](Real c) { return c > 0; });
  std::vector<Offset> counts(chances_.size(), all);
  if (rules_.edges) return counts;
  auto drawable = [&](NodeId v) { return Offset(chances_[std::size_t(v)] > 0); };
  parallel_for(graph_.nodes(), row_block, [&](Offset begin, Offset end) {
    for (auto u = NodeId(begin); u < NodeId(end); ++u) {
      counts[std::size_t(u)] -= drawable(u);
      NodeId before = u;  // entries of several types may repeat
      for (const NodeId v : graph_.adjacency().columns(u))
        if (v != before && v != u) counts[std::size_t(u)] -= drawable(before = v);
    }
  });
  return counts;
}

std::vector<Edge> negative_pairs(const Graph& graph, Offset count, Rng rng) {
  const std::vector<Edge> edges = graph.pairs();
  const Offset nodes = graph.nodes(), others = nodes * (nodes - 1) / 2 - Offset(edges.size());
  if (count < 0 || count > others)
    throw Error(Fault::usage, fmt::format("negatives: expected at most {} pairs, for there are no more without an "
                                          "edge, got {}",
                                          others, count));
  return draw_non_edges(graph.nodes(), edges, std::size_t(count), rng);
}

}  // namespace pfm
