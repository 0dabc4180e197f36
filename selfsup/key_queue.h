// Keys of earlier batches, first in, first out (MoCo, He et al. 2020, arXiv:1911.05722).
#pragma once
#include <pfm/nn/params.h>

namespace pfm {

// Unit rows; everything is an entry of the store: "rows", "newest", "place".
class KeyQueue {
 public:
  // Random unit rows [length, width] until keys take their place; at most `batch` keys a step.
  KeyQueue(const Params& p, Offset length, Offset width, Offset batch, const Rng& rng);

  // Keys of the step under way, unit rows [n, width]: they are not asked against before push().
  void keep(const Matrix& keys);
  // The step is over: the keys that were kept take the place of the oldest ones.
  void push();
  Var rows() const { return rows_.detached(); }

 private:
  Var rows_, newest_, place_;  // place: where the next goes; how many rows `newest` holds
};

}  // namespace pfm
