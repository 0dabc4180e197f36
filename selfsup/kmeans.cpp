#include <pfm/kernels/parallel.h>
#include <pfm/selfsup/kmeans.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace pfm {
namespace {

Matrix transposed(const Matrix& a) {
  Matrix out(a.cols(), a.rows());
  for (Offset i = 0; i < a.rows(); ++i)
    for (Offset j = 0; j < a.cols(); ++j) out(j, i) = a(i, j);
  return out;
}

// body(column, value) for what row i holds.
template <class Body>
void each_entry(const Features& x, const Sparse& sparse, Offset i, Body body) {
  if (x.is_dense()) {
    for (Offset j = 0; j < x.cols(); ++j) body(j, double(x.dense()(i, j)));
    return;
  }
  const auto columns = sparse.columns(i);
  for (std::size_t e = 0; e < columns.size(); ++e)
    body(Offset(columns[e]), sparse.weighted() ? double(sparse.values(i)[e]) : 1.0);
}

// Rows that are read entry by entry: identity rows as sparse ones.
struct Points {
  explicit Points(const Features& given)
      : x(given.is_dense() ? given : Features(given.as_sparse())), sparse(x.is_sparse() ? x.sparse() : Sparse()) {
    for (Offset i = 0; i < x.rows(); ++i) {
      double sum = 0;
      each(i, [&](Offset, double value) { sum += value * value; });
      squares.push_back(sum);
    }
  }
  template <class Body>
  void each(Offset i, Body body) const {
    each_entry(x, sparse, i, body);
  }
  Features x;
  Sparse sparse;
  std::vector<double> squares;  // [n] squared norms
};

// Squared distances of all rows to all centres: |x|^2 - 2 x.c + |c|^2.
Matrix distances(const Points& points, const Matrix& centres) {
  Matrix d = multiply(points.x, transposed(centres));
  std::vector<double> squares;
  for (Offset c = 0; c < centres.rows(); ++c) {
    double sum = 0;
    for (const Real v : centres.row(c)) sum += double(v) * double(v);
    squares.push_back(sum);
  }
  parallel_for(d.rows(), rows_per_block(d.cols()), [&](Offset begin, Offset end) {
    for (Offset i = begin; i < end; ++i)
      for (Offset c = 0; c < d.cols(); ++c)
        d(i, c) = Real(points.squares[std::size_t(i)] - 2 * double(d(i, c)) + squares[std::size_t(c)]);
  });
  return d;
}

// The means of the rows of each cluster; empty ones stay.
void move_centres(const Points& points, std::span<const std::int32_t> labels, Matrix& centres) {
  const Offset d = centres.cols();
  std::vector<double> sums(std::size_t(centres.size()), 0), counts(std::size_t(centres.rows()), 0);
  for (Offset i = 0; i < points.x.rows(); ++i) {
    double* sum = sums.data() + labels[std::size_t(i)] * d;
    points.each(i, [&](Offset j, double value) { sum[j] += value; });
    counts[std::size_t(labels[std::size_t(i)])] += 1;
  }
  for (Offset c = 0; c < centres.rows(); ++c)
    if (counts[std::size_t(c)] > 0)
      for (Offset j = 0; j < d; ++j) centres(c, j) = Real(sums[std::size_t(c * d + j)] / counts[std::size_t(c)]);
}

Clusters lloyd(const Points& points, Matrix centres) {
  Clusters result{std::vector<std::int32_t>(std::size_t(points.x.rows()), -1), std::move(centres)};
  for (bool moved = true; moved && result.iterations < 300; ++result.iterations) {
    const Matrix d = distances(points, result.centres);
    moved = false;
    for (Offset i = 0; i < d.rows(); ++i) {
      const auto nearest = std::int32_t(std::ranges::min_element(d.row(i)) - d.row(i).begin());
      moved |= std::exchange(result.labels[std::size_t(i)], nearest) != nearest;
    }
    if (moved) move_centres(points, result.labels, result.centres);
  }
  for (Offset i = 0; i < points.x.rows(); ++i) {  // term by term: small distances would cancel
    const auto centre = result.centres.row(result.labels[std::size_t(i)]);
    double sum = 0;
    if (points.x.is_dense())
      points.each(i, [&](Offset j, double v) { sum += (v - double(centre[j])) * (v - double(centre[j])); });
    else {
      for (const Real c : centre) sum += double(c) * double(c);
      points.each(i, [&](Offset j, double v) { sum += v * v - 2 * v * double(centre[j]); });
    }
    result.inertia += sum;
  }
  return result;
}

Matrix start(const Points& points, int k, Rng rng) {
  const Offset n = points.x.rows();
  Matrix centres = Matrix::zeros(k, points.x.cols());
  std::vector<double> nearest(std::size_t(n), std::numeric_limits<double>::infinity());
  for (int c = 0; c < k; ++c) {
    Offset chosen = Offset(rng.below(std::uint64_t(c), std::uint64_t(n)));
    double all = 0;
    if (c > 0)
      for (const double v : nearest) all += v;
    if (all > 0) {
      double left = rng.uniform(std::uint64_t(c)) * all;
      for (chosen = 0; chosen + 1 < n && (left -= nearest[std::size_t(chosen)]) >= 0;) ++chosen;
    }
    points.each(chosen, [&](Offset j, double value) { centres(c, j) = Real(value); });
    Matrix one(1, centres.cols());
    std::ranges::copy(centres.row(c), one.data());
    const Matrix d = distances(points, one);
    for (Offset i = 0; i < n; ++i)
      nearest[std::size_t(i)] = std::min(nearest[std::size_t(i)], std::max(0.0, double(d(i, 0))));
    nearest[std::size_t(chosen)] = 0;
  }
  return centres;
}

}  // namespace

Clusters kmeans_from(const Features& x, Matrix centres) {
  expect(centres.rows() > 0 && centres.cols() == x.cols() && x.rows() > 0, "kmeans_from: centres [k, d], rows [n, d]");
  return lloyd(Points(x), std::move(centres));
}

Matrix kmeans_start(const Features& x, int k, Rng rng) {
  expect(k > 0 && k <= x.rows(), "kmeans_start: k different rows");
  return start(Points(x), k, rng);
}

Clusters kmeans(const Features& x, int k, int starts, Rng rng) {
  expect(k > 0 && k <= x.rows() && starts > 0, "kmeans: k different rows, at least one start");
  const Points points(x);
  std::vector<Clusters> runs(static_cast<std::size_t>(starts));
  parallel_blocks(
      starts, [&](Offset s) { runs[std::size_t(s)] = lloyd(points, start(points, k, rng.split(std::uint64_t(s)))); });
  return std::move(*std::ranges::min_element(runs, {}, &Clusters::inertia));
}

}  // namespace pfm
