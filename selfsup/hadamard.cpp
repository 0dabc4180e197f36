#include <pfm/graph/dataset.h>
#include <pfm/kernels/parallel.h>
#include <pfm/selfsup/feature_svd.h>
#include <pfm/selfsup/hadamard.h>
#include <pfm/selfsup/logistic.h>

#include <cmath>

namespace pfm {
namespace {

constexpr Offset widest = 512;
constexpr int coordinates = 128;

Matrix narrow(const Features& rows, Rng rng) {
  if (rows.cols() <= widest) return rows.as_dense();
  Svd parts = feature_svd(rows, coordinates, rng);
  for (Offset i = 0; i < parts.left.rows(); ++i)
    for (Offset j = 0; j < parts.left.cols(); ++j) parts.left(i, j) *= Real(parts.values[std::size_t(j)]);
  return std::move(parts.left);
}

double mean_square(const Matrix& x) {
  double sum = 0;
  for (const Real value : x.values()) sum += double(value) * double(value);
  return sum / double(x.size());
}

// scale x_source * x_target of every pair: [N, d] -> [pairs, d]
Matrix products(const Matrix& x, std::span<const Edge> pairs, Real scale) {
  Matrix out(Offset(pairs.size()), x.cols());
  parallel_for(out.rows(), row_block, [&](Offset begin, Offset end) {
    for (Offset i = begin; i < end; ++i) {
      const auto [source, target] = pairs[std::size_t(i)];
      for (Offset j = 0; j < x.cols(); ++j) out(i, j) = scale * x(source, j) * x(target, j);
    }
  });
  return out;
}

}  // namespace

Matrix hadamard_scores(const Features& rows, const LabelledPairs& known, std::span<const Edge> pairs, Rng rng) {
  if (rows.is_identity()) return Matrix::zeros(Offset(pairs.size()), 1);  // different nodes share no column
  const Matrix x = narrow(rows, rng);
  const double square = mean_square(x);
  const Real scale = square > 0 ? Real(1 / square) : 1;
  std::vector<Edge> learnt = known.edges;
  learnt.insert(learnt.end(), known.non_edges.begin(), known.non_edges.end());
  std::vector<std::int32_t> classes(learnt.size(), -1);
  std::fill_n(classes.begin(), known.edges.size(), 0);
  const LinearClassifier found = one_vs_rest(products(x, learnt, scale), one_label_each(classes, 1), 1, 1e-6);
  return found.decisions(products(x, pairs, scale));
}

}  // namespace pfm
