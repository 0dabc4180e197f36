#include <pfm/graph/wl_colours.h>
#include <pfm/kernels/parallel.h>
#include <pfm/kernels/spmm.h>

#include <algorithm>
#include <numeric>

namespace pfm {
namespace {

// Numbers equal keys alike, by their order. The number of different keys comes back.
template <class Less>
NodeId number(std::vector<NodeId>& colours, Less less) {
  std::vector<NodeId> order(colours.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::sort(order, less);
  NodeId next = -1;
  std::vector<NodeId> numbers(colours.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    numbers[order[i]] = i == 0 || less(order[i - 1], order[i]) ? ++next : next;
  colours = std::move(numbers);
  return next + 1;
}

std::span<const NodeId> row(const std::vector<NodeId>& around, const CsrView& a, NodeId v) {
  return std::span(around).subspan(std::size_t(a.offsets[v]), std::size_t(a.offsets[v + 1] - a.offsets[v]));
}

}  // namespace

WlColours wl_colours(const Graph& graph, std::span<const std::int32_t> labels, int rounds) {
  const auto n = std::size_t(graph.nodes());
  expect(labels.empty() || labels.size() == n, "wl_colours: a label per node, or none");
  expect(rounds >= 0, "wl_colours: 0 or more rounds");
  const CsrView& a = graph.incoming().view();
  std::vector<NodeId> colours(n), around(a.columns.size());
  if (!labels.empty()) std::ranges::copy(labels, colours.begin());
  WlColours result;
  const auto given = colours;
  result.counts.push_back(number(colours, [&](NodeId u, NodeId v) { return given[u] < given[v]; }));
  result.of.push_back(colours);
  for (int round = 1; round <= rounds; ++round) {
    const std::vector<NodeId>& before = result.of.back();
    parallel_rows(a, 16384, [&](Offset begin, Offset end) {
      for (Offset v = begin; v < end; ++v) {
        const auto first = around.begin() + a.offsets[v], last = around.begin() + a.offsets[v + 1];
        std::transform(a.columns.begin() + a.offsets[v], a.columns.begin() + a.offsets[v + 1], first,
                       [&](NodeId u) { return before[u]; });
        std::sort(first, last);
      }
    });
    result.counts.push_back(number(colours, [&](NodeId u, NodeId v) {
      if (before[u] != before[v]) return before[u] < before[v];
      const auto left = row(around, a, u), right = row(around, a, v);
      if (left.size() != right.size()) return left.size() < right.size();
      return std::ranges::lexicographical_compare(left, right);
    }));
    result.of.push_back(colours);
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
