// How far the two rows of pairs are from each other, column by column.
#pragma once
#include <pfm/graph/graph.h>
#include <pfm/nn/tape.h>

namespace pfm {

Var differences(const Var& rows, std::span<const Edge> pairs);  // |x_source - x_target|: [N, d] -> [pairs, d]

}  // namespace pfm
