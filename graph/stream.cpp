#include <pfm/graph/edge_buckets.h>
#include <pfm/graph/stream.h>
#include <pfm/kernels/growing.h>
#include <pfm/kernels/parallel.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <mutex>
#include <variant>

namespace pfm {
namespace {

constexpr std::size_t edges_a_turn = 1 << 15;  // their entries stay in the second-level cache while they are sorted
constexpr int most_buckets = 2048, buckets_a_wave = 64;
constexpr std::size_t shares = 16, least_share = 1 << 20;

// Plain entries of one bucket: numbers of source - first, target.
struct PlainBucket {
  NodeId first;
  int source_bits, target_bits;
  NodeId source(std::uint64_t e) const { return first + NodeId(e >> target_bits); }
  NodeId target(std::uint64_t e) const { return NodeId(e & ((std::uint64_t{1} << target_bits) - 1)); }
  Real weight(std::uint64_t) const { return 1; }
  Offset number(std::uint64_t) const { return 0; }

  // Least significant digit first; all digits are counted in one reading.
  template <class Number>
  void sort(std::vector<Number>& entries, std::vector<Number>& other) const {
    if (entries.size() < 512) return std::sort(entries.begin(), entries.end());
    constexpr int widest = 11, most_digits = 6;
    const int bits = source_bits + target_bits, digits = (bits + widest - 1) / widest,
              width = (bits + digits - 1) / digits, values = 1 << width;
    auto digit = [&](Number e, int d) { return std::size_t(e >> (d * width)) & std::size_t(values - 1); };
    std::uint32_t next[most_digits][(1 << widest) + 1];
    for (int d = 0; d < digits; ++d) std::fill_n(next[d], values + 1, 0);
    for (const Number e : entries)
      for (int d = 0; d < digits; ++d) ++next[d][digit(e, d) + 1];
    other.resize(entries.size());
    for (int d = 0; d < digits; ++d) {
      for (int value = 1; value < values; ++value) next[d][value] += next[d][value - 1];
      for (const Number e : entries) other[next[d][digit(e, d)]++] = e;
      entries.swap(other);
    }
  }
};

struct OrderedBucket {
  NodeId source(const OrderedEntry& e) const { return e.source(); }
  NodeId target(const OrderedEntry& e) const { return e.target(); }
  Real weight(const OrderedEntry& e) const { return e.weight; }
  Offset number(const OrderedEntry& e) const { return e.number(); }
  void sort(std::vector<OrderedEntry>& entries, std::vector<OrderedEntry>&) const {
    std::sort(entries.begin(), entries.end());
  }
};

PlainBucket content(const EdgeBuckets<PlainEntry>& buckets, int b) {
  return {buckets.first_source(b), buckets.shift(), buckets.target_bits()};
}
OrderedBucket content(const EdgeBuckets<OrderedEntry>&, int) { return {}; }

// The finished rows of one bucket.
struct Part {
  std::vector<NodeId> columns;
  std::vector<Real> values;
  std::vector<Offset> origin;
  void clear() { values.clear(), origin.clear(); }  // columns are overwritten
};

// Work space that threads hand on to each other, so that its pages are not mapped anew for every bucket.
template <class Stored>
class Scratch {
 public:
  struct Two {
    std::vector<Stored> entries, other;
  };
  std::unique_ptr<Two> take() {
    std::lock_guard lock(guard_);
    if (free_.empty()) return std::make_unique<Two>();
    auto two = std::move(free_.back());
    free_.pop_back();
    return two;
  }
  void give_back(std::unique_ptr<Two> two) {
    std::lock_guard lock(guard_);
    free_.push_back(std::move(two));
  }

 private:
  std::mutex guard_;
  std::vector<std::unique_ptr<Two>> free_;
};

struct Output {
  NodeId nodes;
  const Ranks* ranks;  // null: numbers stay
  bool weighted, sum;
  std::vector<Offset>* origin;
  NodeId number(NodeId v) const {
    const NodeId n = ranks == nullptr ? v : ranks->of(v);
    if (n < 0 || n >= nodes) [[unlikely]]
      expect(false, "GraphStream: nodes in range");
    return n;
  }
};

// Merges equal entries; counts each row in offsets[row + 1].
template <class Stored, class Bucket>
void merge(const std::vector<Stored>& entries, const Bucket& bucket, const Output& output, std::span<Offset> offsets,
           Part& part) {
  const Output out = output;  // of this function alone, so that it stays in registers
  part.columns.resize(entries.size());
  NodeId* column = part.columns.data();
  NodeId source = -1, target = -1, row = -1;
  for (const Stored& e : entries) {
    const NodeId u = bucket.source(e), v = bucket.target(e);
    if (u == source && v == target) {
      if (out.weighted && out.sum) part.values.back() += bucket.weight(e);
      continue;
    }
    if (u != source) row = out.number(u);
    source = u, target = v;
    ++offsets[std::size_t(row) + 1];
    *column++ = out.number(target);
    if (out.weighted) part.values.push_back(bucket.weight(e));
    if (out.origin) part.origin.push_back(bucket.number(e));
  }
  part.columns.resize(std::size_t(column - part.columns.data()));
}

// What a finished Sparse points into.
struct Arrays {
  Growing<Offset> offsets;  // in huge pages: walks and samplers read them at random
  Growing<NodeId> columns;
  Growing<Real> values;
};

// How many buckets from `first` on are finished together: their parts are memory beside the result's, so they hold a
// share of all entries, or are one.
template <class Entry>
int wave_from(const EdgeBuckets<Entry>& buckets, int first, std::size_t share) {
  std::size_t entries = 0;
  int count = 0;
  for (; count < buckets_a_wave && first + count < buckets.buckets(); ++count) {
    entries += buckets.size(first + count);
    if (count > 0 && entries > share) break;
  }
  return count;
}

template <class Stored, class Entry>
Sparse finished(EdgeBuckets<Entry>& buckets, const Output& out) {
  auto arrays = std::make_shared<Arrays>();
  arrays->offsets.grow_to(std::size_t(out.nodes) + 1);
  const std::span<Offset> offsets(arrays->offsets.data(), std::size_t(out.nodes) + 1);
  std::vector<Part> parts(buckets_a_wave);
  Scratch<Stored> scratch;
  std::size_t entries = 0;
  for (int b = 0; b < buckets.buckets(); ++b) entries += buckets.size(b);
  const std::size_t share = std::max(entries / shares, least_share);
  for (int first = 0, count = 0; first < buckets.buckets(); first += count) {
    count = wave_from(buckets, first, share);
    parallel_blocks(count, [&](Offset b) {
      auto two = scratch.take();
      buckets.take(first + int(b), two->entries);
      const auto bucket = content(buckets, first + int(b));
      bucket.sort(two->entries, two->other);
      parts[b].clear();
      merge(two->entries, bucket, out, offsets, parts[b]);
      scratch.give_back(std::move(two));
    });
    std::vector<std::size_t> place{arrays->columns.size()};
    for (int b = 0; b < count; ++b) place.push_back(place.back() + parts[b].columns.size());
    arrays->columns.grow_to(place.back());
    if (out.weighted) arrays->values.grow_to(place.back());
    if (out.origin) out.origin->resize(place.back());
    parallel_blocks(count, [&](Offset b) {
      std::ranges::copy(parts[b].columns, arrays->columns.data() + place[b]);
      if (out.weighted) std::ranges::copy(parts[b].values, arrays->values.data() + place[b]);
      if (out.origin) std::ranges::copy(parts[b].origin, out.origin->data() + place[b]);
    });
  }
  for (std::size_t v = 0; v < std::size_t(out.nodes); ++v) offsets[v + 1] += offsets[v];
  const CsrView view{out.nodes, out.nodes, offsets, arrays->columns.values(), arrays->values.values()};
  return {view, std::move(arrays)};
}

struct Layout {
  int buckets, shift;
};
Layout layout_for(NodeId nodes) {
  if (nodes == 0) return {most_buckets, 5};
  const int buckets = int(std::bit_ceil(std::uint64_t(std::clamp(nodes / 32, 1, most_buckets))));
  int shift = 0;
  while ((Offset(nodes - 1) >> shift) >= buckets) ++shift;
  return {buckets, shift};
}

}  // namespace

struct GraphStream::State {
  BuildRules rules;
  std::variant<EdgeBuckets<PlainEntry>, EdgeBuckets<OrderedEntry>> buckets;
  Graph finish(const Output& out);
  State(BuildRules r, std::in_place_index_t<0> kind, Layout l) : rules(r), buckets(kind, l.buckets, l.shift) {}
  State(BuildRules r, std::in_place_index_t<1> kind, Layout l) : rules(r), buckets(kind, l.buckets, l.shift) {}
};

GraphStream::GraphStream(BuildRules rules, Keep keep, NodeId nodes) {
  expect(nodes >= 0, "GraphStream: a number of nodes");
  const Layout layout = layout_for(nodes);
  state_ = keep == Keep::ends ? std::make_unique<State>(rules, std::in_place_index<0>, layout)
                              : std::make_unique<State>(rules, std::in_place_index<1>, layout);
}
GraphStream::~GraphStream() = default;

// Both directions of an edge carry its number, so an undirected result is symmetric to the bit.
void GraphStream::add(std::span<const Edge> edges, Offset first, std::span<const Real> weights) {
  expect(weights.empty() || weights.size() == edges.size(), "GraphStream: a weight per edge, or none");
  expect(first >= 0 && (std::uint64_t(first) + edges.size()) >> 34 == 0, "GraphStream: numbers below 2^34");
  NodeId highest = -1, lowest = 0;
  for (const Edge& e : edges)
    highest = std::max({highest, e.source, e.target}), lowest = std::min({lowest, e.source, e.target});
  for (Real w : weights) expect(std::isfinite(w), "GraphStream: finite weights");
  expect(lowest == 0, "GraphStream: nodes in range");
  const BuildRules& rules = state_->rules;
  std::visit(
      [&]<class Entry>(EdgeBuckets<Entry>& buckets) {
        if (highest >= 0) buckets.reach(highest);
        PackedRuns<Entry> runs;
        for (std::size_t begin = 0; begin < edges.size(); begin += edges_a_turn) {
          const std::size_t end = std::min(edges.size(), begin + edges_a_turn);
          buckets.append(
              [&](auto visit) {
                for (std::size_t i = begin; i < end; ++i) {
                  const Edge e = edges[i];
                  const bool loop = e.source == e.target;
                  if (loop && rules.self_loops == BuildRules::SelfLoops::drop) continue;
                  const Real weight = weights.empty() ? 1 : weights[i];
                  visit(Entry::make(e, first + Offset(i), weight));
                  if (rules.undirected && !loop) visit(Entry::make({e.target, e.source}, first + Offset(i), weight));
                }
              },
              runs);
        }
      },
      state_->buckets);
}

Graph GraphStream::State::finish(const Output& out) {
  Sparse adjacency = std::visit(
      [&]<class Entry>(EdgeBuckets<Entry>& from) {
        expect(std::is_same_v<Entry, OrderedEntry> || (!out.weighted && out.origin == nullptr),
               "GraphStream: weights and origins need Keep::ordered");
        if constexpr (std::is_same_v<Entry, OrderedEntry>)
          return finished<OrderedEntry>(from, out);
        else if (from.shift() + from.target_bits() <= 32)
          return finished<std::uint32_t>(from, out);
        else
          return finished<std::uint64_t>(from, out);
      },
      buckets);
  if (rules.undirected) adjacency.known_symmetric();
  return Graph(std::move(adjacency));
}

Graph GraphStream::finish(NodeId nodes, bool weighted, std::vector<Offset>* origin) {
  expect(nodes >= 0, "GraphStream: a number of nodes");
  if (origin) origin->clear();
  return state_->finish({nodes, nullptr, weighted, state_->rules.duplicates == BuildRules::Duplicates::sum, origin});
}

Graph GraphStream::finish(const Ranks& ranks, bool weighted) {
  const bool sum = state_->rules.duplicates == BuildRules::Duplicates::sum;
  return state_->finish({ranks.count(), &ranks, weighted, sum, nullptr});
}

// The last chunk of a range is not full; beside are finished parts and what is being sorted, twice: the most crowded
// range by one thread, some half as large by the others.
GraphStream::Bytes GraphStream::peak_bytes(Offset entries, NodeId highest, Offset crowded, Keep keep, int threads) {
  Layout layout = layout_for(0);
  while (highest >> layout.shift >= layout.buckets) ++layout.shift;
  const int target_bits = layout.shift + std::bit_width(unsigned(layout.buckets)) - 1;
  const bool ordered = keep == Keep::ordered;
  const std::size_t waiting = ordered ? sizeof(OrderedEntry)
                                      : 4 + std::size_t(PlainEntry::above_bytes(layout.shift, target_bits)),
                    sorted = ordered                            ? sizeof(OrderedEntry)
                             : layout.shift + target_bits <= 32 ? 4
                                                                : 8,
                    finished = sizeof(NodeId) + (ordered ? sizeof(Real) : 0);
  const std::size_t count = std::size_t(entries), share = std::min(count, std::max(count / shares, least_share));
  const std::size_t not_full = std::min(count * waiting, std::size_t(layout.buckets) * Pages::largest) / 4;
  const std::size_t offsets = (std::size_t(highest) + 2) * sizeof(Offset);
  return {count * waiting + not_full,
          count * std::max(waiting, finished) + not_full + share * finished +
              std::size_t(threads + 1) * std::size_t(crowded) * sorted + offsets,
          count * finished + offsets};
}

}  // namespace pfm
