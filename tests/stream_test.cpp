// Edges that stream into a graph: the same graph for any order, any blocks and any number of threads.
#include <doctest/doctest.h>
#include <pfm/graph/edge_buckets.h>
#include <pfm/graph/stream.h>
#include <pfm/kernels/parallel.h>
#include <pfm/kernels/random.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "same_dataset.h"

using namespace pfm;

namespace {

std::vector<Edge> drawn(std::size_t count, NodeId nodes) {
  std::vector<Edge> edges;
  for (std::size_t i = 0; i < count; ++i) {
    // Squares make low numbers frequent: long rows, many repetitions.
    const auto square = [&](std::uint64_t stream) {
      const double u = Rng(7).split(stream).uniform(i);
      return NodeId(u * u * nodes);
    };
    edges.push_back({square(1), square(2)});
  }
  return edges;
}

std::vector<Real> weights_of(std::size_t count) {
  std::vector<Real> weights;
  for (std::size_t i = 0; i < count; ++i) weights.push_back(Real(Rng(9).below(i, 100)) + 1);
  return weights;
}

struct Reference {
  Real weight;
  Offset origin;
};

// By the plain rules, entry after entry.
std::map<Edge, Reference> reference(std::span<const Edge> edges, std::span<const Real> weights, BuildRules rules) {
  std::map<Edge, Reference> entries;
  for (std::size_t i = 0; i < edges.size(); ++i) {
    const Edge e = edges[i];
    if (e.source == e.target && rules.self_loops == BuildRules::SelfLoops::drop) continue;
    for (const Edge& entry : {e, Edge{e.target, e.source}}) {
      const auto [found, fresh] = entries.try_emplace(entry, Reference{weights[i], Offset(i)});
      if (!fresh && rules.duplicates == BuildRules::Duplicates::sum) found->second.weight += weights[i];
      if (!rules.undirected || e.source == e.target) break;
    }
  }
  return entries;
}

bool agrees(const Graph& graph, const std::map<Edge, Reference>& entries, const std::vector<Offset>* origin) {
  const CsrView& a = graph.adjacency().view();
  if (std::size_t(a.nonzeros()) != entries.size()) return false;
  auto next = entries.begin();
  for (NodeId u = 0; u < graph.nodes(); ++u)
    for (Offset e = a.offsets[u]; e < a.offsets[u + 1]; ++e, ++next)
      if (next->first != Edge{u, a.columns[e]} || (!a.values.empty() && a.values[e] != next->second.weight) ||
          (origin != nullptr && (*origin)[e] != next->second.origin))
        return false;
  return true;
}

// Sends entries up to each of `highest` through buckets that widen under those that came before; the bytes they took.
template <class Number>
std::set<std::size_t> widths_of_buckets(const std::vector<NodeId>& highest) {
  EdgeBuckets<PlainEntry> buckets(2048, 5);
  std::set<std::size_t> widths;
  std::vector<Edge> sent, taken;
  PackedRuns<PlainEntry> runs;
  for (NodeId top : highest) {
    buckets.reach(top);
    widths.insert(4 + std::size_t(PlainEntry::above_bytes(buckets.shift(), buckets.target_bits())));
    const std::size_t begin = sent.size();
    for (std::uint64_t i = 0; i <= 20000; ++i) {
      const NodeId source = i == 0 ? top : NodeId(Rng(3).below(i, std::uint64_t(top) + 1));
      sent.push_back({source, i % 100 == 0 ? top : NodeId(i)});
    }
    buckets.append(
        [&](auto visit) {
          for (std::size_t i = begin; i < sent.size(); ++i) visit(PlainEntry::make(sent[i], 0, 1));
        },
        runs);
  }
  std::vector<Number> bucket;
  for (int b = 0; b < buckets.buckets(); ++b) {
    buckets.take(b, bucket);
    for (const std::uint64_t number : bucket) {
      const auto source = NodeId(number >> buckets.target_bits());
      CHECK((source >> buckets.shift()) == 0);
      taken.push_back(
          {buckets.first_source(b) + source, NodeId(number & ((std::uint64_t{1} << buckets.target_bits()) - 1))});
    }
  }
  std::ranges::sort(sent);
  std::ranges::sort(taken);
  CHECK(sent == taken);
  return widths;
}

}  // namespace

TEST_SUITE("graph") {
  TEST_CASE("stream: by the rules, for every rule") {
    const std::vector<Edge> edges = drawn(60000, 3000);
    const std::vector<Real> weights = weights_of(edges.size());
    for (bool undirected : {false, true})
      for (auto loops : {BuildRules::SelfLoops::keep, BuildRules::SelfLoops::drop})
        for (auto duplicates : {BuildRules::Duplicates::first, BuildRules::Duplicates::sum}) {
          const BuildRules rules{undirected, loops, duplicates};
          const auto expected = reference(edges, weights, rules);
          std::vector<Offset> origin;
          CHECK(agrees(build_graph(3000, edges, weights, rules, &origin), expected, &origin));
          CHECK(agrees(build_graph(3000, edges, {}, rules), expected, nullptr));
        }
  }

  TEST_CASE("stream: ranges widen as higher nodes come; order and threads do not matter") {
    const std::vector<Edge> edges = drawn(200000, 2000000);
    const Graph expected = build_graph(2000000, edges);
    for (int threads : {1, 2}) {
      const Threads limit(threads);
      GraphStream stream({}, GraphStream::Keep::ends);
      const Offset blocks = 37;
      parallel_blocks(blocks, [&](Offset b) {
        const std::size_t begin = edges.size() * std::size_t(blocks - 1 - b) / blocks,
                          end = edges.size() * std::size_t(blocks - b) / blocks;
        stream.add(std::span(edges).subspan(begin, end - begin));
      });
      CHECK(same(stream.finish(2000000).adjacency(), expected.adjacency()));
    }
  }

  TEST_CASE("edge buckets give back what came, in four, five and eight bytes an entry") {
    const NodeId most = std::numeric_limits<NodeId>::max() - 1;
    CHECK(widths_of_buckets<std::uint32_t>({1 << 16, 1 << 18, (1 << 21) - 1}) == std::set<std::size_t>{4});
    CHECK(widths_of_buckets<std::uint64_t>({1 << 16, 1 << 20, 1 << 22, 1 << 25, 1 << 28, most}) ==
          std::set<std::size_t>{4, 5, 8});
  }

  TEST_CASE("stream: nodes renumbered by rank") {
    std::vector<std::uint64_t> members(4);
    for (int id : {3, 64, 70, 200}) members[std::size_t(id) / 64] |= std::uint64_t{1} << (id % 64);
    GraphStream stream({.undirected = false}, GraphStream::Keep::ends);
    stream.add(std::vector<Edge>{{200, 3}, {64, 70}, {3, 200}});
    const Graph graph = stream.finish(Ranks(members));
    CHECK(same(graph.adjacency(), Sparse(4, 4, {0, 1, 2, 2, 3}, {3, 2, 0})));
    GraphStream other({}, GraphStream::Keep::ends);
    other.add(std::vector<Edge>{{3, 4}});
    CHECK_THROWS_AS(other.finish(Ranks(members)), std::logic_error);
  }

  TEST_CASE("stream: broken expectations") {
    GraphStream plain({}, GraphStream::Keep::ends, 10);
    CHECK_THROWS_AS(plain.add(std::vector<Edge>{{-1, 2}}), std::logic_error);
    plain.add(std::vector<Edge>{{1, 10}});
    CHECK_THROWS_AS(plain.finish(10), std::logic_error);
    GraphStream unordered({}, GraphStream::Keep::ends);
    CHECK_THROWS_AS(unordered.finish(1, true), std::logic_error);
    GraphStream ordered({}, GraphStream::Keep::ordered);
    CHECK_THROWS_AS(ordered.add(std::vector<Edge>{{0, 1}}, 0, std::vector<Real>{std::numeric_limits<Real>::infinity()}),
                    std::logic_error);
    CHECK(GraphStream({}, GraphStream::Keep::ends).finish(0).nodes() == 0);
    CHECK(GraphStream({}, GraphStream::Keep::ends).finish(3).edges() == 0);
  }
}
