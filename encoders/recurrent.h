// Recurrent layers over the rows of segments. Letters: n rows, G segments, k columns of the input, d of the state.
#pragma once
#include <pfm/kernels/segments.h>
#include <pfm/nn/layers.h>

namespace pfm {

// LSTM (Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000): i, f, o = sigmoid, g = tanh of W x +
// U h + b; c' = f c + i g, h' = o tanh(c'). GRU (Cho et al. 2014): r, z = sigmoid; m = tanh(W x + b + r (U h + b')); h'
// = (1 - z) m + z h. Both start from zeros.
enum class Cell { lstm, gru };
enum class Direction { forward, backward };

struct Recurrent {
  // "input" Linear from k and "hidden" Linear from d, both to the gates side by side: i f g o, or r z m.
  Recurrent(const Params& p, Cell cell, Offset in, Offset width);
  // The state behind each row, rows of a segment one after the other.  [n, k] -> [n, d]
  Var operator()(Segments sequences, const Var& x, Direction direction = Direction::forward) const;
  Linear input, hidden;
  Cell cell;
};

}  // namespace pfm
