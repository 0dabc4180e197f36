// The rows of both ends of pairs.
#pragma once
#include <pfm/graph/graph.h>
#include <pfm/nn/tape.h>

namespace pfm {

struct PairRows {
  Var source, target;  // [pairs, d]
};
PairRows pair_rows(const Var& rows, std::span<const Edge> pairs);  // of rows [N, d]

Var differences(const Var& rows, std::span<const Edge> pairs);  // |x_source - x_target|: [N, d] -> [pairs, d]

}  // namespace pfm
