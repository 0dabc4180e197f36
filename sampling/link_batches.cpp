#include <fmt/format.h>
#include <pfm/sampling/link_batches.h>

#include <algorithm>
#include <numeric>

namespace pfm {

Batch sample_around(const NeighbourSampler& neighbours, std::span<const Edge> pairs, std::span<const NodeId> others,
                    const Rng& rng) {
  std::vector<NodeId> seeds(others.begin(), others.end());
  for (const Edge& e : pairs) seeds.push_back(e.source), seeds.push_back(e.target);
  std::ranges::sort(seeds);
  seeds.erase(std::unique(seeds.begin(), seeds.end()), seeds.end());
  const auto row = [&](NodeId v) { return NodeId(std::ranges::lower_bound(seeds, v) - seeds.begin()); };
  Batch batch = neighbours.sample(seeds, rng);
  for (const Edge& e : pairs) batch.hidden_edges.push_back({row(e.source), row(e.target)});
  for (const NodeId v : others) batch.hidden_nodes.push_back(row(v));
  return batch;
}

static std::vector<AliasPlace> by_count(const std::vector<Offset>& targets) {
  if (std::ranges::all_of(targets, [](Offset count) { return count == 0; }))
    throw Error(Fault::input, "links: every pair of nodes is an edge, there are no negatives");
  std::vector<NodeId> nodes(targets.size());
  std::iota(nodes.begin(), nodes.end(), NodeId{0});
  const std::vector<Real> weights(targets.begin(), targets.end());
  std::vector<AliasPlace> table(nodes.size());
  AliasBuilder().build(nodes, weights, table.data());
  return table;
}

LinkSampler::LinkSampler(NeighbourSampler neighbours, Graph graph, LinkRules rules)
    : neighbours_(std::move(neighbours)),
      targets_(graph, rules.law),
      count_(rules.negatives),
      undirected_(graph.undirected()) {
  if (rules.negatives < 0)
    throw Error(Fault::usage, fmt::format("links: negatives of at least 0, not {}", rules.negatives));
  if (rules.any_source && rules.law.hops > 0)
    throw Error(Fault::usage, "links: negatives within some hops are a source's own, no pairs of any nodes");
  if (rules.any_source) any_source_ = by_count(targets_.target_counts());
}

// One for each negative.
std::vector<NodeId> LinkSampler::sources(std::span<const Edge> pairs, const Rng& rng) const {
  std::vector<NodeId> result(pairs.size() * std::size_t(count_));
  const Rng places = rng.split("place"), rest = rng.split("rest");
  for (std::size_t i = 0; i < result.size(); ++i) {
    const Edge& pair = pairs[i / std::size_t(count_)];
    if (!any_source_.empty())
      result[i] = any_source_[places.below(i, any_source_.size())].drawn(std::uint32_t(rest.bits(i)));
    else
      result[i] = undirected_ && rest.bits(i) % 2 == 1 ? pair.target : pair.source;
  }
  return result;
}

std::vector<Edge> LinkSampler::negatives(std::span<const Edge> pairs, const Rng& rng) const {
  const std::vector<NodeId> from = sources(pairs, rng.split("sources"));
  std::vector<NodeId> to(from.size());
  targets_.draw(from, 1, 0, rng.split("targets"), to);
  std::vector<Edge> result;
  for (std::size_t i = 0; i < from.size(); ++i) result.push_back({from[i], to[i]});
  return result;
}

Batch LinkSampler::sample(std::span<const Edge> pairs, const Rng& rng) const {
  std::vector<Edge> all(pairs.begin(), pairs.end());
  for (const Edge& e : negatives(pairs, rng.split("negatives"))) all.push_back(e);
  return sample_around(neighbours_, all, {}, rng.split("neighbours"));
}

}  // namespace pfm
