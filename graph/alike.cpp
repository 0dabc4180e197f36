#include <pfm/graph/alike.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace pfm {
namespace {

std::uint64_t mixed(std::uint64_t hash, std::uint64_t word) {
  hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
  return hash ^ (hash >> 32);
}

// Numbers for things in the order in which they come, equal ones the same.
class Numbering {
 public:
  explicit Numbering(Offset things) : slots_(std::bit_ceil(std::size_t(2 * things + 1)), -1) {}

  // equal(k): whether this thing equals the first one of number k.
  template <class Equal>
  NodeId number(std::uint64_t hash, Equal equal) {
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t slot = hash & mask;; slot = (slot + 1) & mask) {
      NodeId& known = slots_[slot];
      if (known < 0) {
        hashes_.push_back(hash);
        return known = NodeId(hashes_.size()) - 1;
      }
      if (hashes_[known] == hash && equal(known)) return known;
    }
  }
  NodeId count() const { return NodeId(hashes_.size()); }

 private:
  std::vector<NodeId> slots_;  // numbers, -1 = free
  std::vector<std::uint64_t> hashes_;
};

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

// One step along the edges: the new kinds, and for each which kinds flow into it.
struct Refined {
  std::vector<NodeId> of, own;     // [N] [C]
  std::vector<Offset> offsets{0};  // [C + 1]
  std::vector<NodeId> sources;     // of each kind ascending
  std::vector<Real> count;         // [C]
};

void sort_few(NodeId* first, NodeId* last) {
  if (last - first > 16) return std::sort(first, last);
  for (NodeId* next = first; next < last; ++next) {
    const NodeId value = *next;
    NodeId* place = next;
    for (; place > first && place[-1] > value; --place) *place = place[-1];
    *place = value;
  }
}

Refined refined(const CsrView& incoming, const std::vector<NodeId>& before) {
  Refined kinds;
  kinds.of.resize(before.size());
  kinds.sources.reserve(incoming.columns.size());
  Numbering numbers(incoming.rows);
  std::vector<NodeId> around;
  for (Offset v = 0; v < incoming.rows; ++v) {
    const Offset begin = incoming.offsets[v], degree = incoming.offsets[v + 1] - begin;
    if (Offset(around.size()) < degree) around.resize(degree);
    for (Offset e = 0; e < degree; ++e) around[e] = before[incoming.columns[begin + e]];
    sort_few(around.data(), around.data() + degree);
    std::uint64_t hash = mixed(std::uint64_t(degree), std::uint64_t(before[v]));
    for (Offset e = 0; e < degree; ++e) hash = mixed(hash, std::uint64_t(around[e]));
    const NodeId kind = numbers.number(hash, [&](NodeId k) {
      return kinds.own[k] == before[v] && kinds.offsets[k + 1] - kinds.offsets[k] == degree &&
             std::equal(around.begin(), around.begin() + degree, kinds.sources.begin() + kinds.offsets[k]);
    });
    if (kind == NodeId(kinds.own.size())) {
      kinds.own.push_back(before[v]);
      kinds.sources.insert(kinds.sources.end(), around.begin(), around.begin() + degree);
      kinds.offsets.push_back(Offset(kinds.sources.size()));
      kinds.count.push_back(0);
    }
    kinds.of[v] = kind;
    kinds.count[kind] += 1;
  }
  return kinds;
}

}  // namespace

std::optional<Alike> alike(const Batch& batch, int steps) {
  const NodeId nodes = batch.rows();
  if (batch.x.is_identity() || !batch.hops.empty() || nodes == 0) return {};
  Kinds kinds = by_features(batch.x);
  if (2 * NodeId(kinds.first.size()) > nodes) return {};
  Alike result{batch.x.gather(kinds.first), {}};
  const std::vector<Offset> segments = batch.segments.empty() ? std::vector<Offset>{0, nodes} : batch.segments;
  for (int step = 0; step < steps; ++step) {
    const auto sources = NodeId(step == 0 ? kinds.first.size() : result.steps.back().count.size());
    Refined next = refined(batch.graph.incoming().view(), kinds.of);
    const auto here = NodeId(next.own.size());
    if (step == 0 && 2 * here > nodes) return {};
    kinds.of = std::move(next.of);
    result.steps.push_back(
        {Graph::merged(Sparse(here, sources, std::move(next.offsets), std::move(next.sources)), std::move(next.own)),
         std::move(next.count),
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
