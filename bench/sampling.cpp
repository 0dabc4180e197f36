// Neighbour sampling on R-MAT of scale 20, edge factor 16, symmetrised and merged: 1,024 seeds that have edges, batch
// after batch, each up to a Batch with rows of incoming edges and ids. "reads" counts the places that every sampled
// edge makes the sampler look at (an entry, a new number; by weight an alias too) and two for every node that chooses.
#include <pfm/sampling/neighbourhood.h>

#include <string>

#include "benchmarks.h"
#include "counters.h"
#include "graphs.h"

namespace pfm {
namespace {

constexpr Offset seeds_a_batch = 1024;
using Draw = NeighbourRules::Draw;

struct Kind {
  const char* name;
  Draw draw = Draw::different;
  bool weighted = false;
};
const Kind kinds[] = {{"uniform"},
                      {"uniform-repeated", Draw::repeated},
                      {"weighted", Draw::different, true},
                      {"weighted-repeated", Draw::repeated, true},
                      {"labor", Draw::labor}};

Graph with_weights(const Graph& graph) {
  std::vector<Real> weights(std::size_t(graph.edges()));
  const Rng rng(2);
  for (std::size_t e = 0; e < weights.size(); ++e) weights[e] = Real(0.1 + rng.uniform(e));
  return Graph(graph.adjacency().with_values(std::move(weights)));
}

void sample(benchmark::State& state, const Kind& kind, const std::vector<Offset>& fanouts) {
  Batch all;
  all.graph = kind.weighted ? with_weights(rmat20()) : rmat20();
  all.x = Features::identity(all.graph.nodes());
  std::vector<NodeId> from;
  for (const NodeId u : permutation(all.graph.nodes(), Rng(3)))
    if (!all.graph.adjacency().columns(u).empty()) from.push_back(u);
  const NeighbourSampler sampler(all, {.fanouts = fanouts, .draw = kind.draw, .weighted = kind.weighted});
  const std::size_t batches = from.size() / seeds_a_batch;
  double edges = 0, chose = 0, rows = 0;
  std::size_t b = 0;
  for (auto _ : state) {
    const auto seeds = std::span(from).subspan(b % batches * seeds_a_batch, seeds_a_batch);
    const Batch batch = sampler.sample(seeds, Rng(b++));
    edges += double(batch.graph.edges()), chose += double(batch.hops[fanouts.size() - 1]), rows += batch.rows();
    benchmark::DoNotOptimize(batch.ids.data());
  }
  const double reads = edges * (kind.weighted ? 3 : 2) + 2 * chose;
  state.counters["Medges/s"] = benchmark::Counter(edges * 1e-6, benchmark::Counter::kIsRate);
  state.counters["Mreads/s"] = benchmark::Counter(reads * 1e-6, benchmark::Counter::kIsRate);
  state.counters["edges"] = edges / double(b);
  state.counters["rows"] = rows / double(b);
}

}  // namespace

void register_sampling() {
  for (const Kind& kind : kinds)
    for (const std::vector<Offset>& fanouts : {std::vector<Offset>{15, 10}, {15, 10, 5}}) {
      std::string name = std::string("sample/rmat20/") + kind.name + "/";
      for (const Offset f : fanouts) name += (f == fanouts.front() ? "" : ",") + std::to_string(f);
      benchmark::RegisterBenchmark(name.c_str(), sample, kind, fanouts)->Unit(benchmark::kMillisecond);
    }
}

}  // namespace pfm
