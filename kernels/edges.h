// Loops over the edges of a graph, pulled: every row is written by one task.
//
// a [n, m]: row i = target, column j = source, E entries e = (i, j). Letters: h heads of c channels each; a row of
// [n, h c] holds head after head; [E, h] holds a number per entry and head.
#pragma once
#include <pfm/kernels/matrix.h>
#include <pfm/kernels/random.h>

#include <optional>

namespace pfm {

// out[i] = sum over e of values(e) x[j], head by head.  values [E, h], x [m, h c] -> [n, h c]. Where `order` [E] is
// given, the values of entry e are row order[e]: a transpose pulls with the values of the matrix it came from.
Matrix weighted_sums(const CsrView& a, const Matrix& values, const Matrix& x, std::span<const Offset> order = {});

// x[i] . y[j] for every entry, head by head.  x [n, h c], y [m, h c] -> [E, h]
Matrix edge_dots(const CsrView& a, const Matrix& x, const Matrix& y, Offset heads);

// out[i] = sum over e of rows[order[e]] (or rows[e]).  rows [E, k] -> [n, k]
Matrix edge_sums(const CsrView& a, const Matrix& rows, std::span<const Offset> order = {});

// How an entry is scored before the softmax over the entries of its row.
struct AdditiveScore {           // GAT: leaky_relu(source[j] + target[i] + edge[e])
  const Matrix& source;          // [m, h]
  const Matrix& target;          // [n, h]
  const Matrix* edge = nullptr;  // [E, h]
  Real slope = Real(0.2);
};
struct DynamicScore {            // GATv2: att . leaky_relu(source[j] + target[i] + edge[e])
  const Matrix& source;          // [m, h c]
  const Matrix& target;          // [n, h c]
  const Matrix& att;             // [1, h c]
  const Matrix* edge = nullptr;  // [E, h c]
  Real slope = Real(0.2);
};

struct Attention {
  Matrix out;    // [n, h c] = sum over e of kept(e) x[j]; a row without entries gives zeros
  Matrix alpha;  // [E, h], softmax of the scores over each row
  Matrix kept;   // [E, h], alpha after dropout; empty without dropout: alpha itself
};
struct AttentionDropout {
  Real rate;
  Rng rng;  // entry e, head k is decided by draw e h + k
};

// Score, softmax and sum in one pass over the rows; no matrix of [E, h c].  x [m, h c]
Attention attend(const CsrView& a, const AdditiveScore& score, const Matrix& x,
                 const std::optional<AttentionDropout>& dropout);
Attention attend(const CsrView& a, const DynamicScore& score, const Matrix& x, Offset heads,
                 const std::optional<AttentionDropout>& dropout);

// From grad [n, h c] of attend's result: gradients of what its scores were made of, and of x. `transpose` [m, n] and
// `order` [E] as Sparse keeps them.
struct AdditiveGradients {
  Matrix source, target, edge, x;  // as in AdditiveScore; edge [E, h] always
};
AdditiveGradients attend_gradients(const CsrView& a, const CsrView& transpose, std::span<const Offset> order,
                                   const AdditiveScore& score, const Matrix& x, const Attention& result,
                                   const Matrix& grad);
struct DynamicGradients {
  Matrix source, target, att, edge, x;  // as in DynamicScore; edge empty where there was none
};
DynamicGradients attend_gradients(const CsrView& a, const CsrView& transpose, std::span<const Offset> order,
                                  const DynamicScore& score, const Matrix& x, const Attention& result,
                                  const Matrix& grad);

}  // namespace pfm
