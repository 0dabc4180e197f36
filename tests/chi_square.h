// Whether draws follow a law.
#pragma once
#include <vector>

namespace pfm {

// Counts of draws against what a law expects, over any number of independent draws' tables. Cells that are expected
// less than 5 times in a table are one cell together.
class ChiSquare {
 public:
  // Cells with an expectation of 0 must stay empty: else the law is broken outright.
  void add(const std::vector<double>& found, const std::vector<double>& expected);
  double p_value() const;  // of a chi-square at least as large; 0 where something impossible was drawn

 private:
  double sum_ = 0, freedom_ = 0;
  bool impossible_ = false;
};

}  // namespace pfm
