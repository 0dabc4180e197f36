// Operations on the rows of both ends of pairs, each with its gradient. Letters: m rows, k columns, E pairs.
#pragma once
#include <pfm/nn/tape.h>

#include <span>

namespace pfm {

// x[left[e]] x[right[e]], column by column; rows of both ends are never stored.  [m, k], ids [E] below m -> [E, k]
// The gradient of a row is summed over its pairs: first those in which it is left, each in ascending order.
Var pair_products(const Var& x, std::span<const NodeId> left, std::span<const NodeId> right);

}  // namespace pfm
