// Reference values of operations, written entry by entry in double.
#pragma once
#include <pfm/kernels/random.h>
#include <pfm/tests/op_cases.h>

#include <algorithm>
#include <cmath>

namespace pfm {

using Vars = std::vector<Var>;
using Matrices = std::vector<Matrix>;
using Entry = std::function<double(const Matrices& in, Offset i, Offset j)>;  // of the result

inline auto entries(std::function<std::pair<Offset, Offset>(const Matrices&)> shape, Entry entry) {
  return [=](const Matrices& in) {
    const auto [rows, cols] = shape(in);
    Matrix out(rows, cols);
    for (Offset i = 0; i < rows; ++i)
      for (Offset j = 0; j < cols; ++j) out(i, j) = Real(entry(in, i, j));
    return out;
  };
}

inline auto fixed(Offset rows, Offset cols) {
  return [=](const Matrices&) { return std::pair(rows, cols); };
}

template <class Term>  // sum of term(t) over [begin, end)
double sum_of(Offset begin, Offset end, Term term) {
  double sum = 0;
  for (Offset t = begin; t < end; ++t) sum += term(t);
  return sum;
}

inline double log_sum(const Matrix& a, Offset i) {
  return std::log(sum_of(0, a.cols(), [&](Offset j) { return std::exp(double(a(i, j))); }));
}

// Mean and biased deviation of a row, or of a column.
struct Moments {
  double mean, deviation;
};
template <class Value>
Moments moments(Offset size, Value value, double epsilon) {
  const double mean = sum_of(0, size, value) / double(size);
  const auto square = [&](Offset t) { return (value(t) - mean) * (value(t) - mean); };
  return {mean, std::sqrt(sum_of(0, size, square) / double(size) + epsilon)};
}

// Segments of [0, n): an empty one first, then 1, 2, 3, .. rows, the rest in the last.
inline std::vector<Offset> rising_segments(Offset n) {
  std::vector<Offset> offsets{0, 0};
  for (Offset size = 1; offsets.back() + size < n; ++size) offsets.push_back(offsets.back() + size);
  offsets.push_back(n);
  return offsets;
}

inline std::vector<NodeId> some_ids(Offset count, Offset below) {
  std::vector<NodeId> ids;
  for (Offset i = 0; i < count; ++i)
    ids.push_back(i % 5 == 4 ? -1 : NodeId(Rng(3).below(std::uint64_t(i), std::uint64_t(below))));
  return ids;
}

}  // namespace pfm
