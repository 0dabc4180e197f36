// Encoding much data piece by piece.
#pragma once
#include <pfm/encoders/encoder.h>

namespace pfm {

// Without gradients and without an Rng at most `samples` samples go through `encoder`, which gives a row for each, at a
// time: a whole data set needs no more memory than a mini-batch. Rows that are no longer those of the batch go as one.
Encoder in_pieces(const Encoder& encoder, Offset samples = 256);

}  // namespace pfm
