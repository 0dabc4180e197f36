#include <pfm/kernels/alias.h>
#include <pfm/sampling/walk_corpus.h>

#include <numeric>

namespace pfm {

WalkCorpus::WalkCorpus(Walker walker, std::vector<NodeId> from, Rng rng)
    : walker_(std::move(walker)), from_(std::move(from)), rng_(rng) {}

std::vector<NodeId> WalkCorpus::starts(Offset pass) const {
  return shuffled(from_, rng_.split("order").split(std::uint64_t(pass)));
}

void WalkCorpus::walk(Offset pass, std::span<const NodeId> starts, Offset begin, std::span<NodeId> walks) const {
  const std::size_t count = walks.size() / std::size_t(nodes_a_walk());
  walker_.walk(starts.subspan(std::size_t(begin), count), pass * walks_a_pass() + begin, rng_.split("walks"), walks);
}

std::vector<NodeId> stationary_starts(const Graph& graph, Offset count, bool weighted, Rng rng) {
  if (graph.edges() == 0) throw Error(Fault::input, "walks from where walks are found: the graph has no edges");
  const Sparse& a = graph.adjacency();
  std::vector<NodeId> nodes(std::size_t(graph.nodes()));
  std::vector<Real> strength(nodes.size());
  std::iota(nodes.begin(), nodes.end(), 0);
  for (const NodeId u : nodes) {
    const auto weights = weighted ? a.values(u) : std::span<const Real>();
    strength[u] =
        weights.empty() ? Real(a.columns(u).size()) : std::accumulate(weights.begin(), weights.end(), Real(0));
  }
  std::vector<AliasPlace> table(nodes.size());
  AliasBuilder().build(nodes, strength, table.data());
  std::vector<NodeId> starts(static_cast<std::size_t>(count));
  const Rng places = rng.split("place"), rest = rng.split("rest");
  for (std::size_t i = 0; i < starts.size(); ++i)
    starts[i] = table[places.below(i, nodes.size())].drawn(std::uint32_t(rest.bits(i)));
  return starts;
}

}  // namespace pfm
