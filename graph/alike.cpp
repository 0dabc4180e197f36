#include <pfm/graph/alike.h>
#include <pfm/graph/refinement.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

namespace pfm {
namespace {

struct Kinds {
  std::vector<NodeId> of;     // [N]
  std::vector<NodeId> first;  // [C] the first node of each kind
};

// By the bytes of what `row(v)` gives.
template <class Row>
Kinds by_bytes(NodeId nodes, Row row) {
  Kinds kinds;
  kinds.of.reserve(nodes);
  Numbering numbers(nodes);
  for (NodeId v = 0; v < nodes; ++v) {
    const std::span<const std::byte> bytes = row(v);
    std::uint64_t hash = bytes.size(), word = 0;
    std::size_t done = 0;
    for (; done + 8 <= bytes.size(); done += 8) std::memcpy(&word, bytes.data() + done, 8), hash = mixed(hash, word);
    word = 0;
    if (done < bytes.size()) std::memcpy(&word, bytes.data() + done, bytes.size() - done);
    kinds.of.push_back(
        numbers.number(mixed(hash, word), [&](NodeId k) { return std::ranges::equal(row(kinds.first[k]), bytes); }));
    if (kinds.of.back() == NodeId(kinds.first.size())) kinds.first.push_back(v);
  }
  return kinds;
}

Kinds by_features(const Features& x) {
  const auto nodes = NodeId(x.rows());
  if (x.is_dense()) return by_bytes(nodes, [&](NodeId v) { return std::as_bytes(x.dense().row(v)); });
  const CsrView& rows = x.sparse().view();
  const auto part = [&](auto entries, NodeId v) {
    return std::as_bytes(
        entries.subspan(std::size_t(rows.offsets[v]), std::size_t(rows.offsets[v + 1] - rows.offsets[v])));
  };
  Kinds kinds = by_bytes(nodes, [&](NodeId v) { return part(rows.columns, v); });
  if (rows.values.empty()) return kinds;
  const Kinds values = by_bytes(nodes, [&](NodeId v) { return part(rows.values, v); });
  std::vector<std::array<NodeId, 2>> both;
  for (NodeId v = 0; v < nodes; ++v) both.push_back({kinds.of[v], values.of[v]});
  return by_bytes(nodes, [&](NodeId v) { return std::as_bytes(std::span(both[v])); });
}

}  // namespace

std::optional<Alike> alike(const Batch& batch, int steps) {
  const NodeId nodes = batch.rows();
  if (batch.x.is_identity() || !batch.hops.empty() || nodes == 0) return {};
  Kinds kinds = by_features(batch.x);
  if (2 * Offset(kinds.first.size()) > nodes) return {};
  Alike result{batch.x.gather(kinds.first), {}};
  const std::vector<Offset> segments = batch.segments.empty() ? std::vector<Offset>{0, nodes} : batch.segments;
  for (int step = 0; step < steps; ++step) {
    const auto sources = NodeId(step == 0 ? kinds.first.size() : result.steps.back().count.size());
    Refined next = refined(batch.graph.incoming().view(), kinds.of);
    const auto here = NodeId(next.own.size());
    if (step == 0 && 2 * Offset(here) > nodes) return {};
    kinds.of = std::move(next.of);
    result.steps.push_back(
        {Graph::merged(Sparse(here, sources, std::move(next.offsets), std::move(next.sources)), std::move(next.own)),
         std::vector<Real>(next.count.begin(), next.count.end()),
         Sparse(Offset(segments.size()) - 1, here, segments, kinds.of),
         {0, here}});
  }
  return result;
}

namespace {

template <class T>
std::vector<T> appended(std::span<const T> a, std::span<const T> b, T added, std::size_t from = 0) {
  std::vector<T> all(a.begin(), a.end());
  all.reserve(a.size() + b.size() - from);
  for (const T v : b.subspan(from)) all.push_back(v + added);
  return all;
}

// [a 0; 0 b], without values
Sparse block_diagonal(const CsrView& a, const CsrView& b) {
  expect(a.cols + b.cols <= std::numeric_limits<NodeId>::max(), "joined: as many kinds as there are numbers for nodes");
  return {a.rows + b.rows, a.cols + b.cols, appended(a.offsets, b.offsets, a.nonzeros(), 1),
          appended(a.columns, b.columns, NodeId(a.cols))};
}

}  // namespace

Alike joined(const Alike& a, const Alike& b) {
  expect(a.steps.size() == b.steps.size(), "joined: as many steps");
  Batch of_a, of_b;
  of_a.x = a.x, of_a.graph = Graph::without_edges(NodeId(a.x.rows()));
  of_b.x = b.x, of_b.graph = Graph::without_edges(NodeId(b.x.rows()));
  Alike both{disjoint_union(std::array{std::move(of_a), std::move(of_b)}).x, {}};
  for (std::size_t s = 0; s < a.steps.size(); ++s) {
    const AlikeStep &left = a.steps[s], &right = b.steps[s];
    const Sparse &into = left.graph.incoming(), &into_right = right.graph.incoming();
    both.steps.push_back({Graph::merged(block_diagonal(into.view(), into_right.view()),
                                        appended(left.graph.own(), right.graph.own(), NodeId(into.cols()))),
                          appended<Real>(left.count, right.count, 0),
                          block_diagonal(left.members.view(), right.members.view()),
                          appended<Offset>(left.views, right.views, into.rows(), 1)});
  }
  return both;
}

}  // namespace pfm
