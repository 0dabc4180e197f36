#include <pfm/kernels/gemm.h>
#include <pfm/kernels/parallel.h>
#include <pfm/kernels/rows.h>
#include <pfm/selfsup/cosine.h>
#include <pfm/selfsup/neighbours.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace pfm {

// Products of rows, [m, d] [n, d] -> [m, n].
static Matrix products(const Features& a, const Features& b) {
  if (a.is_dense()) return multiply_transposed(a.dense(), b.dense());
  return Features(multiply(a.as_sparse(), b.as_sparse().transpose())).as_dense();
}

Matrix neighbour_votes(const Features& train, std::span<const std::int32_t> labels, int classes, const Features& test,
                       int k, Real tau) {
  expect(train.rows() == Offset(labels.size()) && train.rows() > 0, "neighbour_votes: a label per training row");
  const Features known = unit_rows(train), asked = unit_rows(test);
  Matrix votes = Matrix::zeros(test.rows(), classes);
  const Offset count = std::min<Offset>(k, train.rows());
  constexpr Offset block = 1024;  // rows whose products are held at a time
  for (Offset first = 0; first < test.rows(); first += block) {
    std::vector<NodeId> ids(std::size_t(std::min(block, test.rows() - first)));
    std::iota(ids.begin(), ids.end(), NodeId(first));
    const TopK nearest = top_k(products(asked.gather(ids), known), count);
    for (Offset i = 0; i < Offset(ids.size()); ++i)
      for (Offset j = 0; j < count; ++j)
        votes(first + i, labels[std::size_t(nearest.columns[std::size_t(i * count + j)])]) +=
            std::exp(nearest.values(i, j) / tau);
  }
  return votes;
}

}  // namespace pfm
