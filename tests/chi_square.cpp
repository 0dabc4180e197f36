#include <pfm/tests/chi_square.h>

#include <boost/math/distributions/chi_squared.hpp>
#include <cstddef>

namespace pfm {

void ChiSquare::add(const std::vector<double>& found, const std::vector<double>& expected) {
  double rare_found = 0, rare_expected = 0;
  int cells = 0;
  auto cell = [&](double f, double e) { sum_ += (f - e) * (f - e) / e, ++cells; };
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (expected[i] == 0)
      impossible_ |= found[i] > 0;
    else if (expected[i] >= 5)
      cell(found[i], expected[i]);
    else
      rare_found += found[i], rare_expected += expected[i];
  }
  if (rare_expected > 0 && (cells == 0 || rare_expected >= 1)) cell(rare_found, rare_expected);
  freedom_ += cells > 1 ? cells - 1 : 0;
}

double ChiSquare::p_value() const {
  if (impossible_) return 0;
  if (freedom_ == 0) return 1;
  return boost::math::cdf(boost::math::complement(boost::math::chi_squared(freedom_), sum_));
}

}  // namespace pfm
