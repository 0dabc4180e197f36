// Kernels over segments: row ranges of one matrix, as `offsets` [G + 1] from 0 to n, that stand for graphs, sentences
// or images. Empty segments give zeros. Letters: n rows, k columns, G segments.
#pragma once
#include <pfm/kernels/matrix.h>

#include <vector>

namespace pfm {

using Segments = std::span<const Offset>;

// Offsets must start at 0, never fall and end at `rows`: a broken expectation.
void expect_segments(Segments offsets, Offset rows);

Matrix segment_sums(const Matrix& a, Segments offsets);   // [n, k] -> [G, k], in the fixed tree
Matrix segment_means(const Matrix& a, Segments offsets);  // [n, k] -> [G, k]

// The largest entry of each column and segment [G, k]; `rows` [G, k] tells where it stood (the first of equals), -1 for
// none.
struct SegmentMax {
  Matrix values;
  std::vector<Offset> rows;
};
SegmentMax segment_max(const Matrix& a, Segments offsets);

void segment_softmax(Matrix& a, Segments offsets);          // each column within each segment, in place, stable
Matrix repeat_segments(const Matrix& a, Segments offsets);  // row g once per row of segment g: [G, k] -> [n, k]

// For ids in [0, rows) (negative ones are left out), which places hold each: places order[offsets[r] .. offsets[r + 1])
// of `ids` are r, ascending. What gathers by `ids` is summed back by these, every row by one task in one order.
struct Places {
  std::vector<Offset> offsets;  // [rows + 1]
  std::vector<NodeId> order;
};
Places places_of(std::span<const NodeId> ids, Offset rows);

Matrix gather_rows(const Matrix& a, std::span<const NodeId> ids);  // [m, k] -> [n, k]; negative ids: zeros
Matrix scatter_rows(const Matrix& a, std::span<const NodeId> ids, Offset rows);  // sums: [n, k] -> [rows, k]

}  // namespace pfm
