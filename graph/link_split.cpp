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

// Of edges in this order those that can be taken out one after another while the components stay whole: all but those
// that join two parts which the edges after them leave apart.
std::vector<Edge> removable(const Dataset& data, std::span<const Edge> order) {
  std::vector<NodeId> parents(std::size_t(data.nodes()));
  UnionFind parts(parents);
  std::vector<char> stays(order.size());
  for (std::size_t i = order.size(); i-- > 0;) stays[i] = parts.join(order[i].source, order[i].target);
  std::vector<Edge> can_go;
  for (std::size_t i = 0; i < order.size(); ++i)
    if (!stays[i]) can_go.push_back(order[i]);
  return can_go;
}

// The first of `order` for testing, the next for validation.
HeldOut held_out(const Dataset& data, std::span<const Edge> edges, std::span<const Edge> order, std::size_t test,
                 std::size_t validation, Rng rng) {
  if (order.size() < test + validation)
    throw Error(Fault::input, fmt::format("{}: this protocol hides {} of the {} edges, but only {} can go before a "
                                          "component falls apart; use --protocol link-85-5-10 for sparse graphs",
                                          data.name, test + validation, edges.size(), order.size()));
  const std::vector<Edge> others = other_pairs(data, edges, test + validation, rng.split("non-edges"));
  const auto part = [=](std::span<const Edge> from) {
    return std::pair(
        std::vector(from.begin(), from.begin() + std::ptrdiff_t(test)),
        std::vector(from.begin() + std::ptrdiff_t(test), from.begin() + std::ptrdiff_t(test + validation)));
  };
  auto [test_edges, validation_edges] = part(order);
  auto [test_others, validation_others] = part(others);
  return {std::move(validation_edges), std::move(test_edges), std::move(validation_others), std::move(test_others)};
}

struct Counts {
  std::size_t test, validation;
};

Counts tenth_and_twentieth(std::size_t edges) {
  return {std::max<std::size_t>(1, edges / 10), std::max<std::size_t>(1, edges / 20)};
}

}  // namespace

HeldOut hold_out_edges(const Dataset& data, Rng rng) {
  const std::vector<Edge> edges = enough_edges(data), order = shuffled(edges, rng.split("edges"));
  const auto [test, validation] = tenth_and_twentieth(edges.size());
  return held_out(data, edges, order, test, validation, rng);
}

HeldOut hold_out_connected(const Dataset& data, Rng rng) {
  const std::vector<Edge> edges = enough_edges(data), order = shuffled(edges, rng.split("edges"));
  const auto [test, validation] = tenth_and_twentieth(edges.size());
  return held_out(data, edges, removable(data, order), test, validation, rng);
}

HeldOut hold_out_half(const Dataset& data, Rng rng) {
  const std::vector<Edge> edges = enough_edges(data), order = shuffled(edges, rng.split("edges"));
  return held_out(data, edges, removable(data, order), edges.size() / 2, 0, rng);
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
