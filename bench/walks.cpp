// Random walks on R-MAT graphs of edge factor 16, symmetrised and merged, 80 steps each, from all nodes in turn.
#include <pfm/sampling/walks.h>

#include <numeric>
#include <string>

#include "benchmarks.h"
#include "counters.h"
#include "graphs.h"

namespace pfm {
namespace {

constexpr Offset walks = Offset{1} << 15, length = 80;

struct Kind {
  const char* name;
  WalkRules rules;
  bool weighted = false;
};
const Kind kinds[] = {{"uniform", {}},
                      {"weighted", {}, true},
                      {"restart", {.restart = 0.2}},
                      {"non-backtracking", {.backtrack = false}},
                      {"node2vec p=2 q=.5", {.p = 2, .q = 0.5}},
                      {"node2vec p=.25 q=4", {.p = 0.25, .q = 4}},
                      {"node2vec-weighted p=2 q=.5", {.p = 2, .q = 0.5}, true}};

Graph weighted(const Graph& graph) {
  std::vector<Real> weights(std::size_t(graph.edges()));
  const Rng rng(2);
  for (std::size_t e = 0; e < weights.size(); ++e) weights[e] = Real(0.1 + rng.uniform(e));
  return Graph(graph.adjacency().with_values(std::move(weights)));
}

// Of nodes with edges.
std::vector<NodeId> starts_in(const Graph& graph) {
  std::vector<NodeId> starts;
  const Rng rng(3);
  for (std::uint64_t i = 0; Offset(starts.size()) < walks; ++i) {
    const auto u = NodeId(rng.below(i, std::uint64_t(graph.nodes())));
    if (!graph.adjacency().columns(u).empty()) starts.push_back(u);
  }
  return starts;
}

void walk(benchmark::State& state, int scale, const Kind& kind) {
  const Graph& graph = scale == 20 ? rmat20() : rmat22();
  const Walker walker(kind.weighted ? weighted(graph) : graph, kind.rules);
  const std::vector<NodeId> starts = starts_in(graph);
  std::vector<NodeId> out(std::size_t(walks * (length + 1)));
  Offset first = 0;
  for (auto _ : state) {
    walker.walk(starts, first, Rng(1), out);
    first += walks;
    benchmark::ClobberMemory();
  }
  const double steps = double(std::ranges::count_if(out, [](NodeId u) { return u >= 0; }) - walks);
  state.counters["Msteps/s"] = benchmark::Counter(steps * 1e-6, benchmark::Counter::kIsIterationInvariantRate);
}

}  // namespace

void register_walks() {
  for (const int scale : {20, 22})
    for (const Kind& kind : kinds)
      benchmark::RegisterBenchmark(("walk/rmat" + std::to_string(scale) + "/" + kind.name).c_str(), walk, scale, kind)
          ->Unit(benchmark::kMillisecond)
          ->UseRealTime();
}

}  // namespace pfm
