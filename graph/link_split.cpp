#include <fmt/format.h>
#include <pfm/graph/entries.h>
#include <pfm/graph/link_split.h>
#include <pfm/graph/non_edges.h>
#include <pfm/kernels/parallel.h>

#include <algorithm>
#include <limits>

namespace pfm {

HeldOut hold_out_edges(const Dataset& data, Rng rng) {
  const std::vector<Edge> edges = data.all.graph.pairs();
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
  if (edges.size() > std::size_t(std::numeric_limits<NodeId>::max()))
    throw Error(Fault::input, fmt::format("{}: this protocol orders edges by 32-bit numbers; the graph has {}",
                                          data.name, edges.size()));
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
