// ProNE (Zhang et al. 2019, IJCAI): a sparse factorisation, then a filter over the spectrum of the graph.
//   R = U S^1/2, F ~ U S V^T, F_ij = log p_ij - log q_j for edges, p = D^-1 A, q_j ~ (sum_i p_ij)^3/4 (section 3.1)
//   rows = (A + I) (R - g(L) R), g(l) = e^(-theta ((l - mu)^2 / 2 - 1)), L = I - D^-1 (A + I) (section 3.2)
// g as a series of Chebyshev polynomials with Bessel functions as coefficients. Both are unit rows, the second ones
// those of U S^1/2 again; the scale of g, which R - g(L) R feels, is the authors' program's (THUDM/ProNE).
#include <pfm/graph/degrees.h>
#include <pfm/graph/symmetrise.h>
#include <pfm/kernels/eigen.h>
#include <pfm/kernels/rows.h>
#include <pfm/kernels/spmm.h>
#include <pfm/kernels/svd.h>
#include <pfm/selfsup/methods/methods.h>

#include <cmath>

namespace pfm {
namespace {

Matrix times(const Sparse& a, const Matrix& x) {
  Matrix out(a.rows(), x.cols());
  spmm(a.view(), x, out);
  return out;
}

// F, without loops. Error(input) where a weight is negative.
Sparse log_ratios(const Graph& graph) {
  const Sparse& a = graph.adjacency();
  std::vector<double> degree = strengths(graph), reached(degree.size(), 0);
  const auto weight = [&](NodeId v, std::size_t e) { return a.weighted() ? double(a.values(v)[e]) : 1.0; };
  const auto each = [&](NodeId v, auto visit) {
    for (std::size_t e = 0; e < a.columns(v).size(); ++e)
      if (a.columns(v)[e] != v && weight(v, e) > 0) visit(a.columns(v)[e], weight(v, e) / degree[std::size_t(v)]);
  };
  for (NodeId v = 0; v < graph.nodes(); ++v)
    for (std::size_t e = 0; e < a.columns(v).size(); ++e)
      if (a.columns(v)[e] == v) degree[std::size_t(v)] -= weight(v, e);
  for (NodeId v = 0; v < graph.nodes(); ++v) each(v, [&](NodeId u, double p) { reached[std::size_t(u)] += p; });
  double sum = 0;
  for (double& mass : reached) sum += mass = std::pow(mass, 0.75);
  std::vector<Offset> offsets{0};
  std::vector<NodeId> columns;
  std::vector<Real> values;
  for (NodeId v = 0; v < graph.nodes(); ++v) {
    each(v, [&](NodeId u, double p) {
      columns.push_back(u), values.push_back(Real(std::log(p * sum / reached[std::size_t(u)])));
    });
    offsets.push_back(Offset(columns.size()));
  }
  return {graph.nodes(), graph.nodes(), std::move(offsets), std::move(columns), std::move(values)};
}

Matrix unit_factor(Svd parts) {
  for (Offset j = 0; j < parts.left.cols(); ++j)
    eigen(parts.left).col(j) *= Real(std::sqrt(parts.values[std::size_t(j)]));
  l2_normalise_rows(parts.left);
  return std::move(parts.left);
}

// g(L) r: the sum over i < order of c_i T_i(X) r, X = (L - mu)^2 / 2 - I, c_0 = I_0(theta), c_i = 2 (-1)^i I_i(theta).
Matrix filtered(const Sparse& step, const Matrix& r, int order, double theta, double mu) {
  const auto shifted = [&](const Matrix& x) {  // (L - mu) x
    Matrix out = times(step, x);
    eigen(out) = Real(1 - mu) * eigen(x) - eigen(out);
    return out;
  };
  const auto coefficient = [&](int i) { return Real((i % 2 ? -2 : 2) * std::cyl_bessel_i(i, theta)); };
  Matrix before = r.clone(), now = shifted(shifted(r)), sum(r.rows(), r.cols());
  eigen(now) = eigen(now) / 2 - eigen(r);
  eigen(sum) = Real(std::cyl_bessel_i(0, theta)) * eigen(r) + coefficient(1) * eigen(now);
  for (int i = 2; i < order; ++i) {
    Matrix next = shifted(shifted(now));
    eigen(next) -= 2 * eigen(now) + eigen(before);
    eigen(sum) += coefficient(i) * eigen(next);
    before = std::move(now), now = std::move(next);
  }
  return sum;
}

Pretext make(const Dataset& data, const Options& o) {
  const int dimensions = o("dimensions", 128), order = o("order", 10);
  const double theta = o("theta", 0.5), mu = o("mu", 0.2);
  if (dimensions < 1 || order < 2 || !(theta > 0))
    throw Error(Fault::usage, "options dimensions: at least 1; order: at least 2; theta: above 0");
  const NodeId n = data.nodes();
  if (n == 0) throw Error(Fault::input, data.name + ": prone needs nodes");
  const Graph graph = symmetrised(data.all.graph);
  const Sparse ratios = log_ratios(graph);
  const auto product = [&](const Matrix& x) { return times(ratios, x); };
  const auto transposed = [&](const Matrix& x) { return times(ratios.transpose(), x); };
  const Matrix r =
      unit_factor(randomised_svd({n, n, product, transposed}, std::min<NodeId>(n, dimensions), 5, o.rng.split("svd")));
  Matrix rest = filtered(graph.propagation({.norm = Norm::row, .loops = Loops::replaced}), r, order, theta, mu);
  eigen(rest) = eigen(r) - eigen(rest);
  return closed_form(unit_factor(svd(times(graph.propagation({.norm = Norm::none, .loops = Loops::replaced}), rest))));
}

}  // namespace

Method prone() {
  return {.id = "prone",
          .name = "ProNE",
          .make = make,
          .paper = "IJCAI 2019",
          .presets = {{"blogcatalog", "topk-ovr", {}, {41.18, 0.56, "the authors' program, run on these data"}},
                      {"blogcatalog", "topk-ovr@90", {}, {43.63, 0, "CogDL leaderboard"}}},
          .about = "factorises a sparse matrix of edges, then filters the rows over the spectrum of the graph"};
}

}  // namespace pfm
