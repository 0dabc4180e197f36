#include <pfm/nn/elementwise.h>
#include <pfm/nn/segments.h>

#include <algorithm>

namespace pfm {

static std::vector<Offset> copy(Segments offsets) { return {offsets.begin(), offsets.end()}; }

Var segment_sums(const Var& a, Segments offsets) {
  return Var::record(segment_sums(a.value(), offsets), {a}, [a = a.slot(), kept = copy(offsets)](const Matrix& grad) {
    a.accumulate(repeat_segments(grad, kept));
  });
}

Var segment_means(const Var& a, Segments offsets) {
  return Var::record(segment_means(a.value(), offsets), {a}, [a = a.slot(), kept = copy(offsets)](Matrix& grad) {
    for (Offset g = 0; g < grad.rows(); ++g) {
      const Offset rows = kept[std::size_t(g) + 1] - kept[std::size_t(g)];
      for (Real& v : grad.row(g)) v /= Real(std::max<Offset>(1, rows));
    }
    a.accumulate(repeat_segments(grad, kept));
  });
}

Var segment_max(const Var& a, Segments offsets) {
  SegmentMax best = segment_max(a.value(), offsets);
  return Var::record(std::move(best.values), {a}, [a = a.slot(), rows = std::move(best.rows)](const Matrix& grad) {
    Matrix d = Matrix::zeros(a.rows(), a.cols());
    for (Offset g = 0; g < grad.rows(); ++g)
      for (Offset j = 0; j < grad.cols(); ++j) {
        const Offset row = rows[std::size_t(g * grad.cols() + j)];
        if (row >= 0) d(row, j) = grad(g, j);
      }
    a.accumulate(std::move(d));
  });
}

Var segment_softmax(const Var& a, Segments offsets) {
  Matrix out = a.value().clone();
  segment_softmax(out, offsets);
  // dx = y (dy - sum over the segment of y dy).
  return Var::record(std::move(out), {a}, [a = a.slot(), kept = copy(offsets)](const Matrix& y, Matrix& grad) {
    each_entry(grad.size(), [g = grad.data(), p = y.data()](Offset i) { g[i] *= p[i]; });
    const Matrix sums = repeat_segments(segment_sums(grad, kept), kept);
    each_entry(grad.size(), [g = grad.data(), p = y.data(), s = sums.data()](Offset i) { g[i] -= p[i] * s[i]; });
    a.accumulate(std::move(grad));
  });
}

Var repeat_segments(const Var& a, Segments offsets) {
  return Var::record(
      repeat_segments(a.value(), offsets), {a},
      [a = a.slot(), kept = copy(offsets)](const Matrix& grad) { a.accumulate(segment_sums(grad, kept)); });
}

}  // namespace pfm
