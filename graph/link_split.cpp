#include <fmt/format.h>
#include <pfm/graph/entries.h>
#include <pfm/graph/link_split.h>
#include <pfm/graph/non_edges.h>
#include <pfm/graph/union_find.h>
#include <pfm/kernels/parallel.h>

#include <algorithm>
#include <limits>

namespace pfm {
namespace {

// The graph's edges, where there are enough to hold some out.
std::vector<Edge> enough_edges(const Dataset& data) {
  std::vector<Edge> edges = data.all.graph.pairs();
  if (edges.size() < 3)
    throw Error(Fault::input, fmt::format("{}: this protocol needs at least 3 edges between different nodes, to hold "
                                          "some out; the graph has {}",
                                          data.name, edges.size()));
  if (edges.size() > std::size_t(std::numeric_limits<NodeId>::max()))
    throw Error(Fault::input, fmt::format("{}: this protocol orders edges by 32-bit numbers; the graph has {}",
                                          data.name, edges.size()));
  return edges;
}

// Pairs that are not among `taken` (ascending).
std::vector<Edge> other_pairs(const Dataset& data, std::span<const Edge> taken, std::size_t count, Rng rng) {
  const auto nodes = std::uint64_t(data.nodes()), others = nodes * (nodes - 1) / 2 - taken.size();
  if (others < count)
    throw Error(Fault::input, fmt::format("{}: this protocol needs {} more pairs of nodes without an edge, the graph "
                                          "has {}",
                                          data.name, count, others));
  return draw_non_edges(data.nodes(), taken, count, rng);
}

}  // namespace

HeldOut hold_out_edges(const Dataset& data, Rng rng) {
  const std::vector<Edge> edges = enough_edges(data);
  const std::size_t test = std::max<std::size_t>(1, edges.size() / 10);
  const std::size_t validation = std::max<std::size_t>(1, edges.size() / 20);
  const std::vector<Edge> others = other_pairs(data, edges, test + validation, rng.split("non-edges"));
  const std::vector<NodeId> order = permutation(NodeId(edges.size()), rng.split("edges"));
  HeldOut held;
  for (std::size_t i = 0; i < test + validation; ++i) {
    (i < test ? held.test : held.validation).push_back(edges[std::size_t(order[i])]);
    (i < test ? held.test_non_edges : held.validation_non_edges).push_back(others[i]);
  }
  return held;
}

HeldOut hold_out_half(const Dataset& data, Rng rng) {
  const std::vector<Edge> edges = enough_edges(data), order = shuffled(edges, rng.split("edges"));
  const std::size_t half = edges.size() / 2;
  HeldOut held;
  held.test_non_edges = other_pairs(data, edges, half, rng.split("non-edges"));
  // An edge can go unless it joins two parts that those after it leave apart.
  std::vector<NodeId> parents(std::size_t(data.nodes()));
  UnionFind parts(parents);
  std::vector<char> stays(order.size());
  for (std::size_t i = order.size(); i-- > 0;) stays[i] = parts.join(order[i].source, order[i].target);
  for (std::size_t i = 0; i < order.size() && held.test.size() < half; ++i)
    if (!stays[i]) held.test.push_back(order[i]);
  if (held.test.size() < half)
    throw Error(Fault::input, fmt::format("{}: this protocol hides half of the {} edges, but only {} can go before a "
                                          "component falls apart; use --protocol link-85-5-10 for sparse graphs",
                                          data.name, edges.size(), held.test.size()));
  return held;
}

LabelledPairs training_pairs(const Dataset& data, const HeldOut& held, Rng rng) {
  LabelledPairs known{.edges = without_held_out(data.all.graph, held).pairs(), .non_edges = {}};
  std::vector<Edge> taken = data.all.graph.pairs();
  for (const auto* part : {&held.validation_non_edges, &held.test_non_edges})
    taken.insert(taken.end(), part->begin(), part->end());
  std::ranges::sort(taken);
  known.non_edges = other_pairs(data, taken, known.edges.size(), rng.split("training non-edges"));
  return known;
}

Graph without_held_out(const Graph& graph, const HeldOut& held) {
  std::vector<Edge> gone = held.test;
  gone.insert(gone.end(), held.validation.begin(), held.validation.end());
  return without_pairs(graph, gone);
}

Graph without_pairs(const Graph& graph, std::span<const Edge> pairs) {
  std::vector<Edge> gone;
  gone.reserve(2 * pairs.size());
  for (const Edge e : pairs) gone.push_back(e), gone.push_back({e.target, e.source});
  std::ranges::sort(gone);
  const CsrView& a = graph.adjacency().view();
  std::vector<char> stays(a.columns.size(), 1);
  parallel_for(a.rows, row_block, [&](Offset begin, Offset end) {
    auto next = std::ranges::lower_bound(gone, Edge{NodeId(begin), 0});
    for (Offset u = begin; u < end; ++u)
      for (Offset e = a.offsets[u]; e < a.offsets[u + 1]; ++e) {
        const Edge entry{NodeId(u), a.columns[e]};
        while (next != gone.end() && *next < entry) ++next;
        if (next != gone.end() && *next == entry) stays[e] = 0;
      }
  });
  std::vector<Offset> kept;
  kept.reserve(stays.size());
  for (Offset e = 0; e < a.nonzeros(); ++e)
    if (stays[e]) kept.push_back(e);
  return with_entries(graph, kept);
}

}  // namespace pfm
