#include <pfm/kernels/parallel.h>
#include <pfm/selfsup/cosine.h>

namespace pfm {

// Columns ascend, so the common ones are met side by side.
static double sparse_dot(const Sparse& x, NodeId a, NodeId b) {
  const auto left = x.columns(a), right = x.columns(b);
  const auto value = [&](NodeId row, std::size_t e) { return x.weighted() ? double(x.values(row)[e]) : 1.0; };
  double sum = 0;
  for (std::size_t i = 0, j = 0; i < left.size() && j < right.size();) {
    if (left[i] == right[j]) sum += value(a, i) * value(b, j);
    const bool next_left = left[i] <= right[j], next_right = right[j] <= left[i];
    i += next_left, j += next_right;
  }
  return sum;
}

Matrix pair_dots(const Features& x, std::span<const Edge> pairs) {
  Matrix out(Offset(pairs.size()), 1);
  parallel_for(out.rows(), 256, [&](Offset begin, Offset end) {
    for (Offset i = begin; i < end; ++i) {
      const auto [a, b] = pairs[std::size_t(i)];
      double sum = 0;
      if (x.is_identity())
        sum = a == b;
      else if (x.is_sparse())
        sum = sparse_dot(x.sparse(), a, b);
      else
        for (Offset j = 0; j < x.cols(); ++j) sum += double(x.dense()(a, j)) * double(x.dense()(b, j));
      out(i, 0) = Real(sum);
    }
  });
  return out;
}

}  // namespace pfm
