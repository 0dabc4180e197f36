// Which rows point most nearly the same way.
#pragma once
#include <pfm/graph/features.h>
#include <pfm/kernels/rows.h>

namespace pfm {

// For every row asked for the `count` rows of `known` of the largest dot products, largest first, ties by smaller row;
// of unit rows those are the cosines. known [n, d], asked [m, d], count <= n. Exact, by products of blocks of rows:
// n m d multiplications where dense, 64 MiB beside the result.
TopK nearest_rows(const Features& known, const Features& asked, Offset count);

}  // namespace pfm
