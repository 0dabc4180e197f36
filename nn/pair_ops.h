// Operations on the rows of both ends of pairs, each with its gradient. Letters: m rows, k columns, E pairs.
#pragma once
#include <pfm/graph/graph.h>
#include <pfm/nn/tape.h>

#include <span>

namespace pfm {

// x[source] x[target], column by column; rows of both ends are never stored.  [m, k] -> [E, k]
// The gradient of a row is summed over its pairs: first those in which it is the source, each in ascending order.
Var pair_products(const Var& x, std::span<const Edge> pairs);

}  // namespace pfm
