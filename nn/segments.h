// Operations by segment (row ranges, see kernels/segments.h), each with its gradient. Empty segments give zeros.
// Letters: n rows, k columns, G segments.
#pragma once
#include <pfm/kernels/segments.h>
#include <pfm/nn/tape.h>

namespace pfm {

Var segment_sums(const Var& a, Segments offsets);     // [n, k] -> [G, k]
Var segment_means(const Var& a, Segments offsets);    // [n, k] -> [G, k]
Var segment_max(const Var& a, Segments offsets);      // [n, k] -> [G, k]; the gradient goes to the first largest row
Var segment_softmax(const Var& a, Segments offsets);  // each column within each segment: [n, k] -> [n, k]
Var repeat_segments(const Var& a, Segments offsets);  // row g once per row of segment g: [G, k] -> [n, k]

}  // namespace pfm
