#include <pfm/selfsup/feature_svd.h>

#include <algorithm>

namespace pfm {

Svd feature_svd(const Features& x, int count, Rng rng) {
  const Features transposed(x.as_sparse().transpose());
  const auto times = [&](const Matrix& right) { return multiply(x, right); };
  const auto transposed_times = [&](const Matrix& left) { return multiply(transposed, left); };
  const Offset rank = std::min({Offset(count), x.rows(), x.cols()});
  return randomised_svd({x.rows(), x.cols(), times, transposed_times}, rank, 5, rng);
}

}  // namespace pfm
