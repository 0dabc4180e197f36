// The edges of a graph in the order in which text formats write them.
#pragma once
#include <pfm/graph/graph.h>
#include <pfm/io/formats.h>

namespace pfm::io {

// edge(source, target, weight) for every stored entry by rows; of an undirected graph once per edge, source <= target
// (or source >= target with `lower`), unless `rules.both`. The weight is 1 where the graph has none.
template <class Visit>
void each_written_edge(const Graph& graph, const WriteRules& rules, Visit edge, bool lower = false) {
  const Sparse& a = graph.adjacency();
  const bool once = !rules.both && graph.undirected();
  for (NodeId u = 0; u < graph.nodes(); ++u) {
    const auto targets = a.columns(u);
    const auto weights = a.values(u);
    for (std::size_t i = 0; i < targets.size(); ++i)
      if (!once || (lower ? targets[i] <= u : targets[i] >= u)) edge(u, targets[i], weights.empty() ? 1 : weights[i]);
  }
}

// A file that names its nodes needs different names: Error(Fault::input).
void refuse_repeated_names(const std::filesystem::path& path, const std::vector<std::string>& names);

}  // namespace pfm::io
