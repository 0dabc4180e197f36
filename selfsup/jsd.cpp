#include <pfm/kernels/exponential.h>
#include <pfm/kernels/parallel.h>
#include <pfm/nn/products.h>
#include <pfm/selfsup/losses.h>

#include <memory>
#include <numbers>

namespace pfm {
namespace {

// Of scores [n, G]: mean over own pairs of softplus(-s) plus mean over the others of softplus(s), minus log 2 each.
Var own_against_others(const Var& scores, std::span<const Offset> segments) {
  const Offset n = scores.rows(), graphs = scores.cols();
  auto own = std::make_shared<std::vector<Offset>>(std::size_t(n));
  for (Offset g = 0; g < graphs; ++g)
    for (Offset i = segments[std::size_t(g)]; i < segments[std::size_t(g) + 1]; ++i) (*own)[std::size_t(i)] = g;
  const double right = 1 / double(n), wrong = graphs > 1 ? 1 / (double(n) * double(graphs - 1)) : 0;
  const double value = tree_sum(
      n, rows_per_block(graphs),
      [&](Offset begin, Offset end) {
        double sum = 0;
        for (Offset i = begin; i < end; ++i)
          for (Offset g = 0; g < graphs; ++g) {
            const Real s = scores.value()(i, g);
            const bool mine = (*own)[std::size_t(i)] == g;
            sum += (mine ? right : wrong) * (double(soft_plus(mine ? -s : s)) - std::numbers::ln2);
          }
        return sum;
      },
      [](double& left, double part) { left += part; });
  return Var::record(Matrix(1, 1, {Real(value)}), {scores}, [=](Matrix& grad) {
    Matrix d(scores.rows(), scores.cols());
    parallel_for(d.rows(), rows_per_block(d.cols()), [&](Offset begin, Offset end) {
      for (Offset i = begin; i < end; ++i)
        for (Offset g = 0; g < d.cols(); ++g) {
          const Real s = scores.value()(i, g);
          const bool mine = (*own)[std::size_t(i)] == g;
          d(i, g) = grad(0, 0) * (mine ? -Real(right) * logistic(-s) : Real(wrong) * logistic(s));
        }
    });
    scores.accumulate(std::move(d));
  });
}

}  // namespace

Var jsd_loss(const Var& rows, const Var& summaries, std::span<const Offset> segments) {
  expect(Offset(segments.size()) == summaries.rows() + 1 && segments.front() == 0 && segments.back() == rows.rows(),
         "jsd_loss: a range of rows per summary");
  expect(rows.rows() > 0, "jsd_loss: at least one row");
  return own_against_others(multiply_transposed(rows, summaries), segments);
}

}  // namespace pfm
