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

// The digits of a key that an ascending sort goes over, the lowest first.
struct Digits {
  static constexpr int widest = 11, most = 6;
  int count = 0;
  std::array<int, most> shift, bits;
  void over(int from, int width) {
    for (int turns = (width + widest - 1) / widest; turns > 0; --turns, ++count) {
      shift[count] = from, bits[count] = (width + turns - 1) / turns;
      from += bits[count], width -= bits[count];
    }
  }
};

// Least significant digit first over the bits that differ; all digits are counted in one reading. `first` <= every
// source.
void sort_entries(std::vector<PlainEntry>& entries, std::vector<PlainEntry>& other, NodeId first, int source_bits,
                  int target_bits) {
  if (entries.size() < 512) return std::sort(entries.begin(), entries.end());
  Digits digits;
  digits.over(0, target_bits);
  digits.over(32, source_bits);
  const std::uint64_t base = std::uint64_t(first) << 32;
  auto digit = [&](PlainEntry e, int d) {
    return std::size_t((e.key - base) >> digits.shift[d] & ((std::uint64_t{1} << digits.bits[d]) - 1));
  };
  std::uint32_t next[Digits::most][(1 << Digits::widest) + 1];
  for (int d = 0; d < digits.count; ++d) std::fill_n(next[d], (1 << digits.bits[d]) + 1, 0);
  for (const PlainEntry& e : entries)
    for (int d = 0; d < digits.count; ++d) ++next[d][digit(e, d) + 1];
  other.resize(entries.size());
  for (int d = 0; d < digits.count; ++d) {
    for (int value = 1; value < 1 << digits.bits[d]; ++value) next[d][value] += next[d][value - 1];
    for (const PlainEntry& e : entries) other[next[d][digit(e, d)]++] = e;
    entries.swap(other);
  }
}

void sort_entries(std::vector<OrderedEntry>& entries, std::vector<OrderedEntry>&, NodeId, int, int) {
  std::sort(entries.begin(), entries.end());
}

// The finished rows of one bucket.
struct Part {
  std::vector<NodeId> columns;
  std::vector<Real> values;
  std::vector<Offset> origin;
  void clear() { values.clear(), origin.clear(); }  // columns are overwritten
};

// Work space that threads hand on to each other, so that its pages are not mapped anew for every bucket.
template <class Entry>
class Scratch {
 public:
  struct Two {
    std::vector<Entry> entries, other;
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

Real weight_of(const PlainEntry&) { return 1; }
Real weight_of(const OrderedEntry& e) { return e.weight; }
Offset number_of(const PlainEntry&) { return 0; }
Offset number_of(const OrderedEntry& e) { return e.number(); }

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
template <class Entry>
void merge(const std::vector<Entry>& entries, const Output& output, std::vector<Offset>& offsets, Part& part) {
  const Output out = output;  // of this function alone, so that it stays in registers
  part.columns.resize(entries.size());
  NodeId* column = part.columns.data();
  NodeId source = -1, target = -1, row = -1;
  for (const Entry& e : entries) {
    if (e.source() == source && e.target() == target) {
      if (out.weighted && out.sum) part.values.back() += weight_of(e);
      continue;
    }
    if (e.source() != source) row = out.number(e.source());
    source = e.source(), target = e.target();
    ++offsets[std::size_t(row) + 1];
    *column++ = out.number(target);
    if (out.weighted) part.values.push_back(weight_of(e));
    if (out.origin) part.origin.push_back(number_of(e));
  }
  part.columns.resize(std::size_t(column - part.columns.data()));
}

// What a finished Sparse points into.
struct Arrays {
  std::vector<Offset> offsets;
  Growing<NodeId> columns;
  Growing<Real> values;
};

template <class Entry>
Sparse finished(EdgeBuckets<Entry>& buckets, const Output& out, NodeId highest) {
  auto arrays = std::make_shared<Arrays>();
  arrays->offsets.resize(std::size_t(out.nodes) + 1);
  const int target_bits = std::bit_width(std::uint32_t(std::max<NodeId>(highest, 0)));
  std::vector<Part> parts(buckets_a_wave);
  Scratch<Entry> scratch;
  for (int first = 0; first < buckets.buckets(); first += buckets_a_wave) {
    const int count = std::min(buckets_a_wave, buckets.buckets() - first);
    parallel_blocks(count, [&](Offset b) {
      auto two = scratch.take();
      buckets.take(first + int(b), two->entries);
      sort_entries(two->entries, two->other, buckets.first_source(first + int(b)), buckets.shift(), target_bits);
      parts[b].clear();
      merge(two->entries, out, arrays->offsets, parts[b]);
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
  for (std::size_t v = 0; v < std::size_t(out.nodes); ++v) arrays->offsets[v + 1] += arrays->offsets[v];
  const CsrView view{out.nodes, out.nodes, arrays->offsets, arrays->columns.values(), arrays->values.values()};
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
  std::atomic<NodeId> highest = -1;
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
  for (NodeId seen = state_->highest; seen < highest && !state_->highest.compare_exchange_weak(seen, highest);) {
  }
  std::visit(
      [&]<class Entry>(EdgeBuckets<Entry>& buckets) {
        if (highest >= 0) buckets.reach(highest);
        std::vector<Entry> entries, scratch;
        entries.reserve(2 * std::min(edges.size(), edges_a_turn));
        for (std::size_t begin = 0; begin < edges.size(); begin += edges_a_turn) {
          entries.clear();
          for (std::size_t i = begin; i < std::min(edges.size(), begin + edges_a_turn); ++i) {
            const Edge e = edges[i];
            const bool loop = e.source == e.target;
            if (loop && rules.self_loops == BuildRules::SelfLoops::drop) continue;
            const Real weight = weights.empty() ? 1 : weights[i];
            entries.push_back(Entry::make(e, first + Offset(i), weight));
            if (rules.undirected && !loop)
              entries.push_back(Entry::make({e.target, e.source}, first + Offset(i), weight));
          }
          buckets.append(entries, scratch);
        }
      },
      state_->buckets);
}

Graph GraphStream::State::finish(const Output& out) {
  Sparse adjacency = std::visit(
      [&]<class Entry>(EdgeBuckets<Entry>& from) {
        expect(std::is_same_v<Entry, OrderedEntry> || (!out.weighted && out.origin == nullptr),
               "GraphStream: weights and origins need Keep::ordered");
        return finished(from, out, highest);
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

}  // namespace pfm
