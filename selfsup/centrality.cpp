#include <pfm/kernels/error.h>
#include <pfm/selfsup/centrality.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace pfm {
namespace {

// out[v] = sum over entries u -> v of x[u] times scale[u].
std::vector<double> received(const Graph& graph, std::span<const double> x, std::span<const double> scale) {
  std::vector<double> out(x.size());
  for (Offset v = 0; v < graph.nodes(); ++v)
    for (const NodeId u : graph.incoming().columns(v)) out[std::size_t(v)] += x[std::size_t(u)] * scale[std::size_t(u)];
  return out;
}

std::vector<double> degree(const Graph& graph) {
  std::vector<double> out;
  for (Offset v = 0; v < graph.nodes(); ++v) out.push_back(double(graph.incoming().columns(v).size()));
  return out;
}

std::vector<double> pagerank(const Graph& graph) {
  std::vector<double> x(std::size_t(graph.nodes()), 1), share;
  for (Offset v = 0; v < graph.nodes(); ++v)
    share.push_back(1 / std::max(1.0, double(graph.adjacency().columns(v).size())));
  for (int round = 0; round < 10; ++round) {
    const std::vector<double> in = received(graph, x, share);
    for (std::size_t v = 0; v < x.size(); ++v) x[v] = 0.15 * x[v] + 0.85 * in[v];
  }
  return x;
}

// Powers of A + I, which has the same vectors as A and no eigenvalue of equal size and other sign.
std::vector<double> eigenvector(const Graph& graph) {
  const std::vector<double> ones(std::size_t(graph.nodes()), 1);
  std::vector<double> x(ones.size(), 1 / std::sqrt(std::max(1.0, double(ones.size()))));
  for (double change = 1, round = 0; change > 1e-13 && round < 1000; ++round) {
    std::vector<double> next = received(graph, x, ones);
    double squares = 0;
    for (std::size_t v = 0; v < x.size(); ++v) next[v] += x[v], squares += next[v] * next[v];
    change = 0;
    for (std::size_t v = 0; v < x.size(); ++v) {
      next[v] /= std::sqrt(squares);
      change = std::max(change, std::abs(next[v] - x[v]));
    }
    x = std::move(next);
  }
  for (double& value : x) value += 1e-8;
  return x;
}

std::vector<double> chances(std::vector<double> matters, double mean, double most) {
  if (matters.empty()) return matters;
  for (double& s : matters) s = std::log1p(s);
  const double highest = std::ranges::max(matters);
  const double gap = highest - std::accumulate(matters.begin(), matters.end(), 0.0) / double(matters.size());
  for (double& s : matters) s = std::min(gap > 1e-12 * highest ? mean * (highest - s) / gap : mean, most);
  return matters;
}

}  // namespace

std::vector<double> centrality(const Graph& graph, const std::string& kind) {
  if (kind == "degree") return degree(graph);
  if (kind == "pagerank") return pagerank(graph);
  if (kind == "eigenvector") return eigenvector(graph);
  throw Error(Fault::usage, "option centrality: expected degree, pagerank or eigenvector, got \"" + kind + "\"");
}

std::vector<double> edge_drop_chances(const Graph& graph, std::span<const double> c, double mean, double most) {
  std::vector<double> of_target;
  for (const NodeId v : graph.adjacency().view().columns) of_target.push_back(c[std::size_t(v)]);
  return chances(std::move(of_target), mean, most);
}

std::vector<double> column_drop_chances(const Features& x, std::span<const double> c, double mean, double most) {
  const Sparse rows = x.as_sparse();
  std::vector<double> sums(std::size_t(x.cols()));
  for (Offset i = 0; i < rows.rows(); ++i)
    for (std::size_t e = 0; e < rows.columns(i).size(); ++e)
      sums[std::size_t(rows.columns(i)[e])] +=
          c[std::size_t(i)] * (rows.weighted() ? std::abs(double(rows.values(i)[e])) : 1.0);
  return chances(std::move(sums), mean, most);
}

}  // namespace pfm
