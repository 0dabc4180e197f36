#include <pfm/kernels/exponential.h>
#include <pfm/kernels/rows.h>
#include <pfm/kernels/segments.h>
#include <pfm/kernels/spmm.h>

#include <algorithm>
#include <limits>

namespace pfm {
namespace {

Offset count(Segments offsets) { return Offset(offsets.size()) - 1; }

// body(g, begin, end) for every segment; segments of a block hold about as many rows as a block of rows.
template <class Body>
void each_segment(Segments offsets, Offset cols, Body body) {
  const Offset segments = count(offsets), rows = segments > 0 ? offsets.back() : 0;
  const Offset average = std::max<Offset>(1, rows / std::max<Offset>(1, segments));
  parallel_for(segments, std::max<Offset>(1, rows_per_block(cols) / average), [&](Offset first, Offset last) {
    for (Offset g = first; g < last; ++g) body(g, offsets[std::size_t(g)], offsets[std::size_t(g) + 1]);
  });
}

}  // namespace

void expect_segments(Segments offsets, Offset rows) {
  expect(!offsets.empty() && offsets.front() == 0 && offsets.back() == rows && std::ranges::is_sorted(offsets),
         "segments: offsets [G + 1] that rise from 0 to the number of rows");
}

Matrix segment_sums(const Matrix& a, Segments offsets) {
  expect_segments(offsets, a.rows());
  const Offset k = a.cols();
  Matrix out = Matrix::zeros(count(offsets), k);
  each_segment(offsets, k, [&](Offset g, Offset begin, Offset end) {
    const auto add = [&](Offset i, Real* __restrict sum) {
      const Real* row = a.data() + (begin + i) * k;
      for (Offset j = 0; j < k; ++j) sum[j] += row[j];
    };
    if (end - begin > row_block / 8) {
      const Matrix sum = sum_over_rows(end - begin, k, add);
      std::ranges::copy(sum.values(), out.row(g).begin());
    } else {
      for (Offset i = 0; i < end - begin; ++i) add(i, out.row(g).data());
    }
  });
  return out;
}

Matrix segment_means(const Matrix& a, Segments offsets) {
  Matrix out = segment_sums(a, offsets);
  for (Offset g = 0; g < out.rows(); ++g) {
    const Offset rows = offsets[std::size_t(g) + 1] - offsets[std::size_t(g)];
    for (Real& v : out.row(g)) v /= Real(std::max<Offset>(1, rows));
  }
  return out;
}

SegmentMax segment_max(const Matrix& a, Segments offsets) {
  expect_segments(offsets, a.rows());
  const Offset k = a.cols();
  SegmentMax best{Matrix::zeros(count(offsets), k), std::vector<Offset>(std::size_t(count(offsets) * k), -1)};
  each_segment(offsets, k, [&](Offset g, Offset begin, Offset end) {
    Real* values = best.values.data() + g * k;
    Offset* rows = best.rows.data() + g * k;
    for (Offset i = begin; i < end; ++i)
      for (Offset j = 0; j < k; ++j)
        if (rows[j] < 0 || a(i, j) > values[j]) values[j] = a(i, j), rows[j] = i;
  });
  return best;
}

void segment_softmax(Matrix& a, Segments offsets) {
  expect_segments(offsets, a.rows());
  const Offset k = a.cols();
  each_segment(offsets, k, [&](Offset, Offset begin, Offset end) {
    std::vector<Real> top(std::size_t(k), -std::numeric_limits<Real>::infinity()), sum(std::size_t(k), 0);
    for (Offset i = begin; i < end; ++i)
      for (Offset j = 0; j < k; ++j) top[std::size_t(j)] = std::max(top[std::size_t(j)], a(i, j));
    for (Real& v : top) v = v == -std::numeric_limits<Real>::infinity() ? 0 : v;
    for (Offset i = begin; i < end; ++i)
      for (Offset j = 0; j < k; ++j) {
        a(i, j) = falling_exponential(a(i, j) - top[std::size_t(j)]);
        sum[std::size_t(j)] += a(i, j);
      }
    for (Real& v : sum) v = v > 0 ? 1 / v : 0;
    for (Offset i = begin; i < end; ++i)
      for (Offset j = 0; j < k; ++j) a(i, j) *= sum[std::size_t(j)];
  });
}

Matrix repeat_segments(const Matrix& a, Segments offsets) {
  expect(count(offsets) == a.rows(), "repeat_segments: one row per segment");
  Matrix out(offsets.back(), a.cols());
  expect_segments(offsets, out.rows());
  each_segment(offsets, a.cols(), [&](Offset g, Offset begin, Offset end) {
    for (Offset i = begin; i < end; ++i) std::ranges::copy(a.row(g), out.row(i).begin());
  });
  return out;
}

Places places_of(std::span<const NodeId> ids, Offset rows) {
  Places places{std::vector<Offset>(std::size_t(rows) + 1), {}};
  for (const NodeId id : ids) {
    expect(id < rows, "ids: below the number of rows");
    if (id >= 0) ++places.offsets[std::size_t(id) + 1];
  }
  for (std::size_t r = 0; r < std::size_t(rows); ++r) places.offsets[r + 1] += places.offsets[r];
  places.order.resize(std::size_t(places.offsets.back()));
  std::vector<Offset> next(places.offsets.begin(), places.offsets.end() - 1);
  for (std::size_t i = 0; i < ids.size(); ++i)
    if (ids[i] >= 0) places.order[std::size_t(next[std::size_t(ids[i])]++)] = NodeId(i);
  return places;
}

Matrix gather_rows(const Matrix& a, std::span<const NodeId> ids) {
  expect(std::ranges::all_of(ids, [&](NodeId id) { return id < a.rows(); }), "gather_rows: ids below the rows");
  Matrix out(Offset(ids.size()), a.cols());
  parallel_for(out.rows(), rows_per_block(a.cols()), [&](Offset begin, Offset end) {
    for (Offset i = begin; i < end; ++i) {
      const NodeId id = ids[std::size_t(i)];
      if (id < 0)
        std::ranges::fill(out.row(i), Real(0));
      else
        std::ranges::copy(a.row(id), out.row(i).begin());
    }
  });
  return out;
}

Matrix scatter_rows(const Matrix& a, std::span<const NodeId> ids, Offset rows) {
  expect(Offset(ids.size()) == a.rows(), "scatter_rows: one id per row");
  const Places places = places_of(ids, rows);
  Matrix out(rows, a.cols());
  spmm({rows, a.rows(), places.offsets, places.order, {}}, a, out);
  return out;
}

}  // namespace pfm
