#include <fmt/format.h>
#include <pfm/graph/non_edges.h>
#include <pfm/kernels/parallel.h>
#include <pfm/sampling/negatives.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace pfm {

constexpr std::uint64_t trials = 64;

NegativeSampler::NegativeSampler(Graph graph, NegativeRules rules) : graph_(std::move(graph)), rules_(rules) {
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

void NegativeSampler::draw(std::span<const NodeId> sources, Offset count, Offset first, const Rng& rng,
                           std::span<NodeId> targets) const {
  expect(targets.size() == sources.size() * std::size_t(count), "NegativeSampler: `count` targets a source");
  for (const NodeId u : sources) expect(0 <= u && u < graph_.nodes(), "NegativeSampler: sources are nodes");
  const Rng listed = rng.split("listed");
  parallel_for(Offset(targets.size()), row_block, [&](Offset begin, Offset end) {
    for (Offset i = begin; i < end; ++i) {
      const NodeId source = sources[std::size_t(i / count)];
      const auto number = std::uint64_t(first * count + i);
      NodeId target = trial(rng, number * trials);
      for (std::uint64_t t = 1; t < trials && !allowed(source, target); ++t) target = trial(rng, number * trials + t);
      targets[std::size_t(i)] = allowed(source, target) ? target : from_list(source, listed.uniform(number));
    }
  });
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
