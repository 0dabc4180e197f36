#include <pfm/kernels/arenas.h>
#include <pfm/sampling/edge_choice.h>
#include <pfm/sampling/neighbourhood.h>
#include <pfm/sampling/shadow.h>

namespace pfm {

struct Shadow::State {
  struct Work {
    EdgeChoiceWork choice;
    ChosenEdges chosen;
  };
  Subgraphs graphs;
  std::vector<Offset> fanouts;
  EdgeChoice choice;
  Arenas<Work> arenas;

  State(Subgraphs of, ShadowRules rules)
      : graphs(std::move(of)),
        fanouts(std::move(rules.fanouts)),
        choice(graphs.all().graph.incoming(), {.weighted = rules.weighted}) {}

  void collect(SubgraphNodes& nodes, const Rng& rng, Work& work) const {
    std::size_t met = 0;  // those before have chosen
    for (std::size_t hop = 0; hop < fanouts.size(); ++hop) {
      work.chosen.clear();
      choice.look(nodes.from(met), 0, fanouts[hop], rng.split(hop), work.choice);
      choice.choose(nodes.from(met), 0, fanouts[hop], rng.split(hop), work.choice, work.chosen);
      met = nodes.size();
      choice.read(work.chosen);
      for (const NodeId source : work.chosen.sources) nodes.add(source);
    }
  }
};

Shadow::Shadow(Subgraphs graphs, ShadowRules rules) {
  check_rules(graphs.all().graph, {.fanouts = rules.fanouts, .weighted = rules.weighted});
  state_ = std::make_shared<State>(std::move(graphs), std::move(rules));
}

Batch Shadow::sample(std::span<const NodeId> seeds, const Rng& rng) const {
  return state_->graphs.around(seeds, [&](std::size_t i, SubgraphNodes& nodes) {
    state_->arenas.with([&](State::Work& work) { state_->collect(nodes, rng.split(i), work); });
  });
}

}  // namespace pfm
