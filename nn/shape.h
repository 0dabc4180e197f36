// Operations that move rows and columns, each with its gradient. Letters: n, m rows, k columns.
#pragma once
#include <pfm/nn/tape.h>

#include <span>

namespace pfm {

Var concat_columns(const std::vector<Var>& parts);          // [n, k_i] -> [n, sum k_i]; at least one
Var concat_rows(const std::vector<Var>& parts);             // [n_i, k] -> [sum n_i, k]; at least one
Var slice_columns(const Var& a, Offset begin, Offset end);  // [n, k] -> [n, end - begin]
Var slice_rows(const Var& a, Offset begin, Offset end);     // [n, k] -> [end - begin, k]
Var reshape(const Var& a, Offset rows, Offset cols);        // the same entries in the same order

// Row i of the result is row ids[i], zeros for a negative id; the gradient of a row that is taken more than once is
// summed in ascending order of i.  [m, k], ids [n] below m -> [n, k]
Var gather_rows(const Var& a, std::span<const NodeId> ids);
// The other way round: row i is added to row ids[i] of the result, nowhere for a negative id.  [n, k] -> [rows, k]
Var scatter_rows(const Var& a, std::span<const NodeId> ids, Offset rows);
// `row` added to the rows `ids`, which are different.  [n, k] [1, k] -> [n, k]
Var add_row_to(const Var& a, const Var& row, std::span<const NodeId> ids);

}  // namespace pfm
