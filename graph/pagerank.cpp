#include <pfm/graph/degrees.h>
#include <pfm/graph/pagerank.h>
#include <pfm/kernels/parallel.h>
#include <pfm/kernels/spmm.h>

#include <cmath>
#include <numeric>

namespace pfm {
namespace {

template <class Term>
double sum_of(Offset n, Term term) {
  return tree_sum(
      n, row_block,
      [&](Offset begin, Offset end) {
        double sum = 0;
        for (Offset i = begin; i < end; ++i) sum += term(i);
        return sum;
      },
      [](double& left, double right) { left += right; });
}

std::vector<double> restarts(Offset n, std::span<const double> given) {
  if (given.empty()) return std::vector<double>(std::size_t(n), 1 / double(n));
  expect(Offset(given.size()) == n, "pagerank: a restart per node");
  for (const double r : given) expect(r >= 0, "pagerank: restarts are not negative");
  const double sum = std::accumulate(given.begin(), given.end(), 0.0);
  expect(sum > 0 && std::isfinite(sum), "pagerank: restarts of a positive sum");
  std::vector<double> result(given.begin(), given.end());
  for (double& r : result) r /= sum;
  return result;
}

}  // namespace

std::vector<double> pagerank(const Graph& graph, const PageRank& how) {
  expect(0 <= how.damping && how.damping < 1 && how.tolerance > 0, "pagerank: damping in [0, 1), a tolerance");
  const Offset n = graph.nodes();
  if (n == 0) return {};
  const std::vector<double> restart = restarts(n, how.restart), strength = strengths(graph);
  const Sparse& in = graph.incoming();
  std::vector<double> rank = restart, share(restart.size()), next(restart.size());
  const double rounds = how.damping == 0 ? 1 : std::ceil(std::log(how.tolerance / 2) / std::log(how.damping)) + 1;
  for (double change = HUGE_VAL, round = 0; change >= how.tolerance && round < rounds; ++round) {
    parallel_for(n, row_block, [&](Offset begin, Offset end) {
      for (Offset u = begin; u < end; ++u) share[u] = strength[u] > 0 ? rank[u] / strength[u] : 0;
    });
    const double stays = sum_of(n, [&](Offset u) { return strength[u] > 0 ? 0.0 : rank[u]; });
    const double again = how.damping * stays + 1 - how.damping;
    parallel_rows(in.view(), 16384, [&](Offset begin, Offset end) {
      for (Offset v = begin; v < end; ++v) {
        const auto sources = in.columns(v);
        double flow = 0;
        for (std::size_t e = 0; e < sources.size(); ++e)
          flow += share[sources[e]] * (in.weighted() ? double(in.values(v)[e]) : 1.0);
        next[v] = how.damping * flow + again * restart[v];
      }
    });
    change = sum_of(n, [&](Offset v) { return std::abs(next[v] - rank[v]); });
    std::swap(rank, next);
  }
  return rank;
}

}  // namespace pfm
