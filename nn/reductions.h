// Sums and means, added in the fixed tree, each with its gradient. Letters: n rows, k columns.
#pragma once
#include <pfm/nn/tape.h>

namespace pfm {

Var sum_rows(const Var& a);   // the sum of all rows: [n, k] -> [1, k]
Var mean_rows(const Var& a);  // the mean of all rows: [n, k] -> [1, k], n > 0
Var row_sums(const Var& a);   // of each row: [n, k] -> [n, 1]
Var row_means(const Var& a);  // of each row: [n, k] -> [n, 1], k > 0
Var sum(const Var& a);        // of all entries: [n, k] -> [1, 1]
Var mean(const Var& a);       // of all entries: [n, k] -> [1, 1], at least one

}  // namespace pfm
