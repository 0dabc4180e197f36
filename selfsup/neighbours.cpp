#include <pfm/graph/nearest_rows.h>
#include <pfm/selfsup/neighbours.h>

#include <algorithm>
#include <cmath>

namespace pfm {

Matrix neighbour_votes(const Features& train, std::span<const std::int32_t> labels, int classes, const Features& test,
                       int k, Real tau) {
  expect(train.rows() == Offset(labels.size()) && train.rows() > 0, "neighbour_votes: a label per training row");
  const Offset count = std::min<Offset>(k, train.rows());
  const TopK nearest = nearest_rows(unit_rows(train), unit_rows(test), count);
  Matrix votes = Matrix::zeros(test.rows(), classes);
  for (Offset i = 0; i < test.rows(); ++i)
    for (Offset j = 0; j < count; ++j)
      votes(i, labels[std::size_t(nearest.columns[std::size_t(i * count + j)])]) +=
          std::exp(nearest.values(i, j) / tau);
  return votes;
}

}  // namespace pfm
