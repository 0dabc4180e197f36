#include <pfm/graph/refinement.h>
#include <pfm/graph/wl_colours.h>

#include <algorithm>
#include <numeric>

namespace pfm {
namespace {

// Numbers the kinds 0 .. count - 1 by their order.
template <class Less>
std::vector<NodeId> ranked(NodeId count, Less less) {
  std::vector<NodeId> order(static_cast<std::size_t>(count)), ranks(order.size());
  std::iota(order.begin(), order.end(), NodeId{0});
  std::ranges::sort(order, less);
  for (std::size_t i = 0; i < order.size(); ++i) ranks[std::size_t(order[i])] = NodeId(i);
  return ranks;
}

// Given labels by their rank, of which equal ones are one colour.
std::vector<NodeId> label_ranks(std::span<const std::int32_t> labels, std::size_t nodes) {
  if (labels.empty()) return std::vector<NodeId>(nodes, 0);
  std::vector<std::int32_t> different(labels.begin(), labels.end());
  std::ranges::sort(different);
  different.erase(std::ranges::unique(different).begin(), different.end());
  std::vector<NodeId> ranks;
  for (const std::int32_t label : labels)
    ranks.push_back(NodeId(std::ranges::lower_bound(different, label) - different.begin()));
  return ranks;
}

}  // namespace

WlColours wl_colours(const Graph& graph, std::span<const std::int32_t> labels, int rounds) {
  const auto n = std::size_t(graph.nodes());
  expect(labels.empty() || labels.size() == n, "wl_colours: a label per node, or none");
  expect(rounds >= 0, "wl_colours: 0 or more rounds");
  WlColours result;
  result.of.push_back(label_ranks(labels, n));
  result.counts.push_back(n == 0 ? 0 : 1 + *std::ranges::max_element(result.of[0]));
  for (int round = 1; round <= rounds; ++round) {
    Refined kinds = refined(graph.incoming().view(), result.of.back());
    const auto row = [&](NodeId k) {
      return std::span(kinds.sources)
          .subspan(std::size_t(kinds.offsets[k]), std::size_t(kinds.offsets[k + 1] - kinds.offsets[k]));
    };
    const auto count = NodeId(kinds.own.size());
    const std::vector<NodeId> ranks = ranked(count, [&](NodeId a, NodeId b) {
      if (kinds.own[a] != kinds.own[b]) return kinds.own[a] < kinds.own[b];
      const auto left = row(a), right = row(b);
      if (left.size() != right.size()) return left.size() < right.size();
      return std::ranges::lexicographical_compare(left, right);
    });
    for (NodeId& kind : kinds.of) kind = ranks[std::size_t(kind)];
    result.of.push_back(std::move(kinds.of));
    result.counts.push_back(count);
  }
  return result;
}

Sparse wl_histograms(const WlColours& colours, std::span<const Offset> segments) {
  const Offset nodes = Offset(colours.of.front().size());
  const std::vector<Offset> whole{0, nodes};
  const std::span<const Offset> parts = segments.empty() ? std::span<const Offset>(whole) : segments;
  expect(parts.back() == nodes, "wl_histograms: segments of these nodes");
  const auto graphs = Offset(parts.size()) - 1;
  std::vector<Offset> offsets{0};
  std::vector<NodeId> columns;
  std::vector<Real> values;
  std::vector<NodeId> sorted;
  for (Offset g = 0; g < graphs; ++g) {
    Offset first = 0;
    for (std::size_t round = 0; round < colours.of.size(); first += colours.counts[round++]) {
      const auto& of = colours.of[round];
      sorted.assign(of.begin() + parts[g], of.begin() + parts[g + 1]);
      std::ranges::sort(sorted);
      for (std::size_t i = 0; i < sorted.size(); ++i) {
        if (i == 0 || sorted[i] != sorted[i - 1]) columns.push_back(NodeId(first + sorted[i])), values.push_back(0);
        values.back() += 1;
      }
    }
    offsets.push_back(Offset(columns.size()));
  }
  const Offset all = std::accumulate(colours.counts.begin(), colours.counts.end(), Offset{0});
  return {graphs, all, std::move(offsets), std::move(columns), std::move(values)};
}

}  // namespace pfm
