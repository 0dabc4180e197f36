// NetMF (Qiu et al. 2018, arXiv:1710.02971): the matrix that DeepWalk factorises without saying so, factorised.
//   M = vol(G) / (b T) (P + .. + P^T) D^-1, P = D^-1 A;   rows = U S^1/2 of log max(M, 1) ~ U S V^T   (algorithm 4)
// With the largest eigenpairs (l, v) of D^-1/2 A D^-1/2, M ~ R R^T where R = (vol(G) / b)^1/2 D^-1/2 [v f(l)^1/2] and
// f(l) = (l + .. + l^T) / T, negative ones 0. The logarithm is dense; its tiles are made anew for every product, so
// that nothing N x N is stored: N^2 (rank + 5/4 dimensions) multiplications and N^2 logarithms a product.
#include <pfm/graph/degrees.h>
#include <pfm/graph/laplacian.h>
#include <pfm/graph/symmetrise.h>
#include <pfm/kernels/eigen.h>
#include <pfm/kernels/gemm.h>
#include <pfm/kernels/parallel.h>
#include <pfm/kernels/svd.h>
#include <pfm/selfsup/methods/methods.h>

#include <cmath>
#include <numeric>

namespace pfm {
namespace {

using Blocks = std::vector<Matrix>;  // consecutive rows of one matrix
constexpr Offset block = 512;

Blocks row_blocks(const Matrix& x) {
  Blocks blocks;
  for (Offset begin = 0; begin < x.rows(); begin += block) {
    Matrix& rows = blocks.emplace_back(std::min(block, x.rows() - begin), x.cols());
    std::copy_n(x.data() + begin * x.cols(), rows.size(), rows.data());
  }
  return blocks;
}

// log max(R R^T, 1) x.  r: blocks of R [N, h], x [N, k]
Matrix log_product(const Blocks& r, const Matrix& x) {
  const Blocks parts = row_blocks(x);
  Matrix out(x.rows(), x.cols());
  parallel_blocks(Offset(r.size()), [&](Offset i) {
    Matrix sum = Matrix::zeros(r[std::size_t(i)].rows(), x.cols());
    for (std::size_t j = 0; j < r.size(); ++j) {
      Matrix tile = multiply_transposed(r[std::size_t(i)], r[j]);
      eigen(tile) = eigen(tile).array().max(Real(1)).log().matrix();
      gemm(Transpose::no, Transpose::no, 1, tile, parts[j], 1, sum);
    }
    std::copy_n(sum.data(), sum.size(), out.data() + i * block * x.cols());
  });
  return out;
}

// R: [N, rank]
Matrix walk_factor(const Graph& graph, NodeId rank, int window, double negative) {
  Spectrum spectrum = laplacian_spectrum(graph, rank);  // its values are 1 - l
  const std::vector<double> degree = strengths(graph);
  const double volume = std::accumulate(degree.begin(), degree.end(), 0.0);
  Matrix r = std::move(spectrum.vectors);
  for (Offset j = 0; j < r.cols(); ++j) {
    double f = 0, power = 1;
    for (int t = 0; t < window; ++t) f += power *= 1 - spectrum.values[std::size_t(j)];
    const double scale = std::sqrt(std::max(0.0, f / window) * volume / negative);
    for (Offset v = 0; v < r.rows(); ++v)
      r(v, j) = degree[std::size_t(v)] > 0 ? Real(scale * r(v, j) / std::sqrt(degree[std::size_t(v)])) : 0;
  }
  return r;
}

Pretext make(const Dataset& data, const Options& o) {
  const int dimensions = o("dimensions", 128), window = o("window", 10), rank = o("rank", 256);
  const double negative = o("negative", 1.0);
  if (dimensions < 1 || window < 1 || rank < 1 || !(negative > 0))
    throw Error(Fault::usage, "options dimensions, window, rank: at least 1; negative: above 0");
  const NodeId n = data.nodes();
  if (n == 0) throw Error(Fault::input, data.name + ": netmf needs nodes");
  const Blocks r = row_blocks(walk_factor(symmetrised(data.all.graph), std::min<NodeId>(n, rank), window, negative));
  const auto times = [&](const Matrix& x) { return log_product(r, x); };
  Svd parts = randomised_svd({n, n, times, times}, std::min<NodeId>(n, dimensions), 5, o.rng.split("svd"));
  for (Offset j = 0; j < parts.left.cols(); ++j)
    eigen(parts.left).col(j) *= Real(std::sqrt(parts.values[std::size_t(j)]));
  return closed_form(std::move(parts.left));
}

}  // namespace

Method netmf() {
  return {.id = "netmf",
          .name = "NetMF",
          .make = make,
          .paper = "1710.02971",
          .presets = {{"blogcatalog", "topk-ovr", {}, {42.51, 0.30, "the authors' program, run on these data"}},
                      {"blogcatalog", "topk-ovr@90", {}, {43.49, 0, "CogDL leaderboard, unit rows"}}},
          .about = "factorises the logarithm of walk co-occurrences, which DeepWalk approaches by sampling"};
}

}  // namespace pfm
