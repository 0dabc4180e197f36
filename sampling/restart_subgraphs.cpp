#include <fmt/format.h>
#include <pfm/sampling/restart_subgraphs.h>

namespace pfm {

RestartSubgraphs::RestartSubgraphs(Subgraphs graphs, const RestartRules& rules)
    : graphs_(std::move(graphs)),
      walker_(graphs_.all().graph, {.length = rules.steps, .restart = rules.restart, .weighted = rules.weighted}),
      most_(rules.most == 0 ? std::size_t(graphs_.all().rows()) : std::size_t(rules.most)) {
  if (rules.most < 0)
    throw Error(Fault::usage, fmt::format("walks with restart: a number of nodes of at least 0, not {}", rules.most));
}

Batch RestartSubgraphs::sample(std::span<const NodeId> seeds, const Rng& rng) const {
  const auto a_walk = std::size_t(walker_.length() + 1);
  std::vector<NodeId> walks(seeds.size() * a_walk);
  walker_.walk(seeds, 0, rng, walks);
  return graphs_.around(seeds, [&](std::size_t i, SubgraphNodes& nodes) {
    for (const NodeId v : std::span(walks).subspan(i * a_walk, a_walk)) {
      if (v < 0 || nodes.size() == most_) return;
      nodes.add(v);
    }
  });
}

}  // namespace pfm
