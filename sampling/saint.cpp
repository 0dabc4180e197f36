#include <fmt/format.h>
#include <pfm/kernels/alias.h>
#include <pfm/kernels/parallel.h>
#include <pfm/sampling/edge_draws.h>
#include <pfm/sampling/saint.h>
#include <pfm/sampling/walks.h>

#include <algorithm>
#include <numeric>

namespace pfm {
namespace {

using Nodes = std::vector<NodeId>;
using DrawNodes = std::function<Nodes(const Rng&)>;

Nodes different(Nodes nodes) {
  std::ranges::sort(nodes);
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  if (!nodes.empty() && nodes.front() < 0) nodes.erase(nodes.begin());  // the rest of walks that ended
  return nodes;
}

double share(const Sparse& a, NodeId v) { return 1 / double(a.columns(v).size()); }

// Column u of D^-1 A holds 1 / deg(v) for its neighbours v.
DrawNodes by_columns(const Sparse& a, Offset budget) {
  Nodes names(static_cast<std::size_t>(a.rows()));
  std::vector<Real> lengths(names.size());
  std::iota(names.begin(), names.end(), NodeId{0});
  for (const NodeId u : names)
    for (const NodeId v : a.columns(u)) lengths[std::size_t(u)] += Real(share(a, v) * share(a, v));
  std::vector<AliasPlace> table(names.size());
  AliasBuilder().build(names, lengths, table.data());
  return [table = std::move(table), budget](const Rng& rng) {
    const Rng places = rng.split("place"), rest = rng.split("rest");
    Nodes nodes;
    for (std::uint64_t i = 0; i < std::uint64_t(budget); ++i)
      nodes.push_back(table[places.below(i, table.size())].drawn(std::uint32_t(rest.bits(i))));
    return nodes;
  };
}

DrawNodes by_edges(const Sparse& a, Offset budget) {
  std::vector<Real> weights;
  for (NodeId u = 0; u < NodeId(a.rows()); ++u)
    for (const NodeId v : a.columns(u)) weights.push_back(Real(share(a, u) + share(a, v)));
  return [draws = EdgeDraws(a.with_values(std::move(weights))), budget](const Rng& rng) {
    Nodes ends(static_cast<std::size_t>(2 * budget));
    draws.draw(0, rng, ends);
    return ends;
  };
}

DrawNodes by_walks(const Graph& graph, Offset budget, Offset length) {
  return [walker = Walker(graph, {.length = length, .weighted = false}), nodes = std::uint64_t(graph.nodes()), budget,
          length](const Rng& rng) {
    Nodes roots(static_cast<std::size_t>(budget)), walks(static_cast<std::size_t>(budget * (length + 1)));
    const Rng root = rng.split("roots");
    for (std::size_t i = 0; i < roots.size(); ++i) roots[i] = NodeId(root.below(i, nodes));
    walker.walk(roots, 0, rng.split("walks"), walks);
    return walks;
  };
}

}  // namespace

SaintSampler::SaintSampler(Batch all, const SaintRules& rules) : all_(std::move(all)) {
  if (rules.budget < 1 || rules.length < 1)
    throw Error(Fault::usage, fmt::format("GraphSAINT: a budget and a length of at least 1, not {} and {}",
                                          rules.budget, rules.length));
  const Graph& graph = all_.graph;
  const bool walks = rules.draw == SaintRules::Draw::walks;
  if (!graph.undirected() || graph.nodes() == 0 || (!walks && graph.edges() == 0))
    throw Error(Fault::input, fmt::format("GraphSAINT: an undirected graph with {}, not {} nodes and {} entries{}",
                                          walks ? "nodes" : "edges", graph.nodes(), graph.edges(),
                                          graph.undirected() ? "" : " that go one way"));
  if (walks)
    draw_ = by_walks(graph, rules.budget, rules.length);
  else if (rules.draw == SaintRules::Draw::nodes)
    draw_ = by_columns(graph.adjacency(), rules.budget);
  else
    draw_ = by_edges(graph.adjacency().without_values(), rules.budget);
}

std::vector<NodeId> SaintSampler::nodes(const Rng& rng) const { return different(draw_(rng)); }

SaintWeights saint_weights(const SaintSampler& sampler, Offset subgraphs, const Rng& rng) {
  const Sparse& a = sampler.all().graph.adjacency();
  std::vector<Offset> of_node(static_cast<std::size_t>(a.rows())), of_entry(static_cast<std::size_t>(a.nonzeros()));
  std::vector<bool> here(of_node.size());
  for (Offset s = 0; s < subgraphs; ++s) {
    const std::vector<NodeId> nodes = sampler.nodes(rng.split(std::uint64_t(s)));
    for (const NodeId v : nodes) here[std::size_t(v)] = true, ++of_node[std::size_t(v)];
    for (const NodeId u : nodes) {
      const auto targets = a.columns(u);
      for (std::size_t i = 0; i < targets.size(); ++i)
        of_entry[std::size_t(a.view().offsets[u]) + i] += here[std::size_t(targets[i])];
    }
    for (const NodeId v : nodes) here[std::size_t(v)] = false;
  }
  const auto seen = [](Offset count) { return double(std::max<Offset>(1, count)); };
  SaintWeights weights;
  for (const Offset count : of_node) weights.loss.push_back(Real(double(subgraphs) / (double(a.rows()) * seen(count))));
  for (std::size_t e = 0; e < of_entry.size(); ++e)
    weights.edges.push_back(Real(seen(of_node[std::size_t(a.view().columns[e])]) / seen(of_entry[e])));
  return weights;
}

}  // namespace pfm
