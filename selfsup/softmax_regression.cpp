#include <pfm/kernels/gemm.h>
#include <pfm/kernels/rows.h>
#include <pfm/selfsup/probe.h>
#include <pfm/selfsup/softmax_regression.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <numeric>

namespace pfm {
namespace {

constexpr int most_steps = 100, memory = 10;
constexpr double gradient_tolerance = 1e-3, least_decrease = 1e-4;

// Standardised columns and a column of ones: [n, d] -> [n, d + 1].
Matrix standardised(const Matrix& x, const Matrix& mean, const Matrix& scale) {
  const Offset d = x.cols();
  Matrix out(x.rows(), d + 1);
  parallel_for(x.rows(), rows_per_block(d), [&](Offset begin, Offset end) {
    for (Offset i = begin; i < end; ++i) {
      Real* __restrict to = out.data() + i * (d + 1);
      const Real* __restrict from = x.data() + i * d;
      for (Offset j = 0; j < d; ++j) to[j] = (from[j] - mean.data()[j]) * scale.data()[j];
      to[d] = 1;
    }
  });
  return out;
}

double dot(const Matrix& a, const Matrix& b) {
  double sum = 0;
  for (Offset i = 0; i < a.size(); ++i) sum += double(a.data()[i]) * double(b.data()[i]);
  return sum;
}

void add_scaled(Matrix& a, double factor, const Matrix& b) {
  for (Offset i = 0; i < a.size(); ++i) a.data()[i] += Real(factor * double(b.data()[i]));
}

// The objective and its gradient.
class Objective {
 public:
  Objective(const ProbeRows& rows, std::span<const std::int32_t> classes, double penalty)
      : rows_(rows), classes_(classes), penalty_(penalty) {}

  // w [classes, d + 1]
  double operator()(const Matrix& w, Matrix& gradient) const {
    Matrix scores = rows_.scores(w);
    const Offset k = scores.rows(), n = scores.cols(), block = 1024;
    std::vector<double> losses(std::size_t((n + block - 1) / block));
    parallel_for(n, block, [&](Offset begin, Offset end) {
      losses[std::size_t(begin / block)] = to_gradient(scores, k, begin, end);
    });
    gradient = rows_.gradient(scores);
    double squares = 0;
    for (Offset c = 0; c < k; ++c)
      for (Offset j = 0; j + 1 < w.cols(); ++j) {
        squares += double(w(c, j)) * double(w(c, j));
        gradient(c, j) += Real(penalty_ * double(w(c, j)));
      }
    return std::accumulate(losses.begin(), losses.end(), 0.0) / double(n) + penalty_ / 2 * squares;
  }

 private:
  // Scores of rows [begin, end) become (softmax - target) / n; the sum of their cross-entropies.
  double to_gradient(Matrix& scores, Offset k, Offset begin, Offset end) const {
    const Offset n = scores.cols();
    double loss = 0;
    for (Offset i = begin; i < end; ++i) {
      Real most = scores(0, i), sum = 0;
      for (Offset c = 1; c < k; ++c) most = std::max(most, scores(c, i));
      const std::int32_t own = classes_[std::size_t(i)];
      loss += double(most) - double(scores(own, i));
      for (Offset c = 0; c < k; ++c) sum += scores(c, i) = std::exp(scores(c, i) - most);
      loss += std::log(double(sum));
      for (Offset c = 0; c < k; ++c) scores(c, i) = (scores(c, i) / sum - Real(c == own)) / Real(n);
    }
    return loss;
  }

  const ProbeRows& rows_;
  std::span<const std::int32_t> classes_;
  double penalty_;
};

// What the last steps say of the curvature: step s, change y of the gradient.
struct Curvature {
  Matrix s, y;
  double rho;  // 1 / s . y
};

// Minus the gradient times the inverse curvature (two-loop recursion).
Matrix direction(const Matrix& gradient, const std::deque<Curvature>& known) {
  Matrix q = gradient.clone();
  std::vector<double> alpha(known.size());
  for (std::size_t i = known.size(); i-- > 0;) {
    alpha[i] = known[i].rho * dot(known[i].s, q);
    add_scaled(q, -alpha[i], known[i].y);
  }
  const double size = known.empty() ? 1 / std::max(1.0, std::sqrt(dot(q, q)))
                                    : 1 / (known.back().rho * dot(known.back().y, known.back().y));
  for (Real& v : q.values()) v = Real(size * double(v));
  for (std::size_t i = 0; i < known.size(); ++i)
    add_scaled(q, alpha[i] - known[i].rho * dot(known[i].y, q), known[i].s);
  for (Real& v : q.values()) v = -v;
  return q;
}

void minimise(const Objective& objective, Matrix& w) {
  Matrix gradient;
  double value = objective(w, gradient);
  std::deque<Curvature> known;
  for (int step = 0; step < most_steps; ++step) {
    if (std::ranges::all_of(gradient.values(), [](Real g) { return std::abs(g) < Real(gradient_tolerance); })) return;
    const Matrix towards = direction(gradient, known);
    const double slope = dot(towards, gradient);
    if (!(slope < 0)) return;
    for (double length = 1;; length /= 2) {
      if (length < 1e-6) return;  // as exact as the number type is
      Matrix next = w.clone(), next_gradient;
      add_scaled(next, length, towards);
      const double next_value = objective(next, next_gradient);
      if (!(next_value <= value + least_decrease * length * slope)) continue;
      Curvature seen{next.clone(), next_gradient.clone(), 0};
      add_scaled(seen.s, -1, w), add_scaled(seen.y, -1, gradient);
      const double curvature = dot(seen.s, seen.y);
      seen.rho = 1 / curvature;
      if (curvature > 0) known.push_back(std::move(seen));
      if (known.size() > memory) known.pop_front();
      w = std::move(next), gradient = std::move(next_gradient), value = next_value;
      break;
    }
  }
}

}  // namespace

Matrix SoftmaxRegression::scores(const Matrix& x) const {
  return multiply_transposed(standardised(x, mean, scale), weights);
}

std::vector<SoftmaxRegression> softmax_regressions(const Matrix& x, std::span<const std::int32_t> classes, int count,
                                                   std::span<const double> penalties) {
  expect(Offset(classes.size()) == x.rows() && x.rows() > 0, "softmax_regressions: a class per row, at least one row");
  const Matrix mean = column_means(x);
  Matrix scale = column_variances(x, mean);
  for (Real& v : scale.values()) v = v > Real(1e-12) ? 1 / std::sqrt(v) : 0;
  const ProbeRows rows{Features(standardised(x, mean, scale))};
  Matrix w = Matrix::zeros(count, rows.cols());
  std::vector<SoftmaxRegression> found;
  for (const double penalty : penalties) {
    minimise(Objective(rows, classes, penalty), w);
    found.push_back({w.clone(), mean.clone(), scale.clone()});
  }
  return found;
}

}  // namespace pfm
