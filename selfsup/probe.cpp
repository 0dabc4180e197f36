#include <pfm/kernels/gemm.h>
#include <pfm/kernels/parallel.h>
#include <pfm/kernels/spmm.h>
#include <pfm/selfsup/probe.h>

#include <algorithm>
#include <cmath>

namespace pfm {
namespace {

// The columns of a weight matrix are repeats x classes: one product serves all repeats.
struct Weights {
  Matrix w, b;  // [d, repeats classes], [1, repeats classes]
};

struct AdamState {
  Matrix m, v;
  explicit AdamState(const Matrix& like)
      : m(Matrix::zeros(like.rows(), like.cols())), v(Matrix::zeros(like.rows(), like.cols())) {}

  void step(Matrix& p, const Matrix& grad, const Probe& probe, int t) {
    const Real b1 = Real(0.9), b2 = Real(0.999), eps = Real(1e-8), decay = Real(probe.weight_decay);
    const Real rate = Real(probe.lr / (1 - std::pow(0.9, t))), root = Real(1 / std::sqrt(1 - std::pow(0.999, t)));
    parallel_for(p.size(), 16384, [&](Offset begin, Offset end) {
      for (Offset i = begin; i < end; ++i) {
        const Real g = grad.data()[i] + decay * p.data()[i];
        m.data()[i] = b1 * m.data()[i] + (1 - b1) * g;
        v.data()[i] = b2 * v.data()[i] + (1 - b2) * g * g;
        p.data()[i] -= rate * m.data()[i] / (std::sqrt(v.data()[i]) * root + eps);
      }
    });
  }
};

Weights initial(Offset d, int classes, const Probe& probe, Rng rng) {
  Weights weights{Matrix(d, probe.repeats * classes), Matrix::zeros(1, probe.repeats * classes)};
  const double bound = std::sqrt(6.0 / double(d + classes));
  for (int r = 0; r < probe.repeats; ++r)
    for (Offset i = 0; i < d; ++i)
      for (int c = 0; c < classes; ++c)
        weights.w(i, r * classes + c) = Real(bound * (2 * rng.split(r).uniform(std::uint64_t(i * classes + c)) - 1));
  return weights;
}

Matrix logits(const Features& x, const Weights& weights) {
  Matrix out = multiply(x, weights.w);
  for (Offset i = 0; i < out.rows(); ++i)
    for (Offset j = 0; j < out.cols(); ++j) out(i, j) += weights.b(0, j);
  return out;
}

// Logits become (softmax - one-hot) / n, per repeat.
void to_gradient(Matrix& z, std::span<const std::int32_t> target, int classes) {
  const Real n = Real(z.rows());
  parallel_for(z.rows(), rows_per_block(z.cols()), [&](Offset begin, Offset end) {
    for (Offset i = begin; i < end; ++i)
      for (Offset first = 0; first < z.cols(); first += classes) {
        Real* row = &z(i, first);
        const Real top = *std::max_element(row, row + classes);
        Real sum = 0;
        for (int c = 0; c < classes; ++c) sum += row[c] = std::exp(row[c] - top);
        for (int c = 0; c < classes; ++c) row[c] = (row[c] / sum - Real(c == target[i])) / n;
      }
  });
}

Matrix weight_gradient(const Features& x, const Matrix& dz) {
  if (x.is_dense()) return transposed_multiply(x.dense(), dz);
  Matrix out(x.cols(), dz.cols());
  spmm(x.as_sparse().transpose().view(), dz, out);
  return out;
}

Matrix bias_gradient(const Matrix& dz) {
  Matrix sum = Matrix::zeros(1, dz.cols());
  for (Offset i = 0; i < dz.rows(); ++i)
    for (Offset j = 0; j < dz.cols(); ++j) sum(0, j) += dz(i, j);
  return sum;
}

std::vector<double> accuracy(const Features& x, std::span<const std::int32_t> target, const Weights& weights,
                             int classes) {
  const Matrix z = logits(x, weights);
  std::vector<double> right(z.cols() / classes);
  for (Offset i = 0; i < z.rows(); ++i)
    for (std::size_t r = 0; r < right.size(); ++r) {
      const Real* row = &z(i, Offset(r) * classes);
      right[r] += std::max_element(row, row + classes) - row == target[i];
    }
  for (double& r : right) r *= 100 / double(std::max<Offset>(1, z.rows()));
  return right;
}

struct Part {
  Features x;
  std::vector<std::int32_t> classes;
};

Part part(const Features& x, std::span<const std::int32_t> classes, std::span<const NodeId> ids) {
  Part result{x.gather(ids), {}};
  for (NodeId id : ids) result.classes.push_back(classes[id]);
  return result;
}

void keep_columns(const Weights& from, Weights& to, Offset first, int classes) {
  for (Offset i = 0; i < from.w.rows(); ++i) std::copy_n(&from.w(i, first), classes, &to.w(i, first));
  std::copy_n(&from.b(0, first), classes, &to.b(0, first));
}

}  // namespace

ProbeAccuracy softmax_probe(const Features& x, std::span<const std::int32_t> labels, const Split& split,
                            const Probe& probe, Rng rng) {
  const int classes = labels.empty() ? 0 : 1 + *std::ranges::max_element(labels);
  expect(classes > 0 && !split.train.empty() && !split.test.empty(),
         "softmax_probe: classes, a training and a test part");
  const Part train = part(x, labels, split.train), valid = part(x, labels, split.validation),
             test = part(x, labels, split.test);
  Weights weights = initial(x.cols(), classes, probe, rng);
  Weights best{weights.w.clone(), weights.b.clone()};
  std::vector<double> best_accuracy(probe.repeats, -1);
  AdamState adam_w(weights.w), adam_b(weights.b);
  for (int t = 1; t <= probe.steps; ++t) {
    Matrix dz = logits(train.x, weights);
    to_gradient(dz, train.classes, classes);
    adam_w.step(weights.w, weight_gradient(train.x, dz), probe, t);
    adam_b.step(weights.b, bias_gradient(dz), probe, t);
    if (valid.classes.empty()) continue;
    const auto now = accuracy(valid.x, valid.classes, weights, classes);
    for (int r = 0; r < probe.repeats; ++r)
      if (now[r] > best_accuracy[r]) best_accuracy[r] = now[r], keep_columns(weights, best, r * classes, classes);
  }
  ProbeAccuracy result{accuracy(test.x, test.classes, weights, classes), {}};
  if (!valid.classes.empty()) result.at_validation = accuracy(test.x, test.classes, best, classes);
  return result;
}

}  // namespace pfm
