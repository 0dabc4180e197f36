#include <fmt/format.h>
#include <pfm/selfsup/corruption.h>
#include <pfm/selfsup/split.h>

#include <algorithm>
#include <unordered_set>

namespace pfm {
namespace {

std::vector<NodeId> given_part(const Dataset& data, const char* name) {
  const auto found = data.splits.find(name);
  if (found == data.splits.end() || found->second.empty())
    throw Error(Fault::input,
                fmt::format("{}: this protocol needs a split \"{}\", the data set has none; use --protocol "
                            "random-10-10-80 for data without splits",
                            data.name, name));
  for (const NodeId v : found->second)
    if (v < 0 || std::size_t(v) >= data.targets.classes.size() || data.targets.classes[v] < 0)
      throw Error(Fault::input, fmt::format("{}: split \"{}\" names node {}, which has no class; splits may hold only "
                                            "labelled nodes",
                                            data.name, name, v));
  return found->second;
}

Edge ordered(Edge e) { return {std::min(e.source, e.target), std::max(e.source, e.target)}; }

std::vector<Edge> all_non_edges(NodeId nodes, const std::vector<Edge>& sorted_edges) {
  std::vector<Edge> result;
  auto next = sorted_edges.begin();
  for (NodeId u = 0; u < nodes; ++u)
    for (NodeId v = u + 1; v < nodes; ++v) {
      if (next != sorted_edges.end() && *next == Edge{u, v})
        ++next;
      else
        result.push_back({u, v});
    }
  return result;
}

// `count` different pairs that are no edges, uniformly: by trial, or from the list of all where they are rare. That
// list is then not much longer than the edges.
std::vector<Edge> draw_non_edges(NodeId nodes, const std::vector<Edge>& sorted_edges, std::size_t count, Rng rng) {
  const auto n = std::uint64_t(nodes), pairs = n * (n - 1) / 2;
  std::vector<Edge> drawn;
  if (pairs - sorted_edges.size() < 4 * count + pairs / 4) {
    const std::vector<Edge> all = all_non_edges(nodes, sorted_edges);
    for (const NodeId i : sample_without(NodeId(all.size()), NodeId(count), rng)) drawn.push_back(all[std::size_t(i)]);
    return drawn;
  }
  std::unordered_set<std::uint64_t> seen;
  for (std::uint64_t draw = 0; drawn.size() < count; draw += 2) {
    const Edge e = ordered({NodeId(rng.below(draw, n)), NodeId(rng.below(draw + 1, n))});
    if (e.source == e.target || std::ranges::binary_search(sorted_edges, e)) continue;
    if (seen.insert(std::uint64_t(e.source) * n + std::uint64_t(e.target)).second) drawn.push_back(e);
  }
  return drawn;
}

}  // namespace

Split given_split(const Dataset& data) {
  return {given_part(data, "train"), given_part(data, "validation"), given_part(data, "test")};
}

Split random_split(const Dataset& data, int train_percent, int validation_percent, Rng rng) {
  std::vector<NodeId> labelled;
  for (NodeId v = 0; v < NodeId(data.targets.classes.size()); ++v)
    if (data.targets.classes[v] >= 0) labelled.push_back(v);
  const std::size_t n = labelled.size(), train = n * std::size_t(train_percent) / 100,
                    validation = n * std::size_t(validation_percent) / 100;
  if (train == 0 || train + validation >= n || (validation_percent > 0 && validation == 0))
    throw Error(Fault::input,
                fmt::format("{}: a random split needs at least {} nodes with a class, the data set has {}", data.name,
                            (99 + train_percent) / train_percent, n));
  Split split;
  const std::vector<NodeId> order = permutation(NodeId(n), rng);
  for (std::size_t i = 0; i < n; ++i)
    (i < train                ? split.train
     : i < train + validation ? split.validation
                              : split.test)
        .push_back(labelled[std::size_t(order[i])]);
  return split;
}

HeldOut hold_out_edges(const Dataset& data, Rng rng) {
  std::vector<Edge> edges = data.all.graph.pairs();
  const std::size_t test = std::max<std::size_t>(1, edges.size() / 10);
  const std::size_t validation = std::max<std::size_t>(1, edges.size() / 20);
  const auto nodes = std::uint64_t(data.nodes());
  if (edges.size() < 3)
    throw Error(Fault::input, fmt::format("{}: this protocol needs at least 3 edges between different nodes, one each "
                                          "for training, validation and test; the graph has {}",
                                          data.name, edges.size()));
  if (nodes * (nodes - 1) / 2 - edges.size() < test + validation)
    throw Error(Fault::input, fmt::format("{}: this protocol needs {} pairs of nodes without an edge, the graph has {}",
                                          data.name, test + validation, nodes * (nodes - 1) / 2 - edges.size()));
  std::ranges::sort(edges);
  const std::vector<NodeId> order = permutation(NodeId(edges.size()), rng.split("edges"));
  const std::vector<Edge> others = draw_non_edges(data.nodes(), edges, test + validation, rng.split("non-edges"));
  HeldOut held;
  for (std::size_t i = 0; i < test + validation; ++i) {
    (i < test ? held.test : held.validation).push_back(edges[std::size_t(order[i])]);
    (i < test ? held.test_non_edges : held.validation_non_edges).push_back(others[i]);
  }
  return held;
}

Graph without_pairs(const Graph& graph, std::span<const Edge> pairs) {
  std::vector<Edge> gone;
  for (const Edge e : pairs) gone.push_back(ordered(e));
  std::ranges::sort(gone);
  const CsrView& a = graph.adjacency().view();
  std::vector<Offset> kept;
  for (NodeId u = 0; u < graph.nodes(); ++u)
    for (Offset e = a.offsets[u]; e < a.offsets[u + 1]; ++e)
      if (!std::ranges::binary_search(gone, ordered({u, a.columns[e]}))) kept.push_back(e);
  return with_entries(graph, kept);
}

}  // namespace pfm
