// What methods of many whole graphs share.
#pragma once
#include <pfm/selfsup/method.h>

namespace pfm {

// Error(input) unless the data set holds several graphs: what `method` needs them for, and what to take for one.
void need_graphs(const Dataset& data, const std::string& method);

// Nodes' rows that the data set does not have as the method wants them. `data` has them already.
struct NodeFeatures {
  std::function<Batch(const Batch&)> prepare;
  Dataset data;
};
// Asks "features": row (divided by their sum) or as-given; ones, a constant 1; degree, one-hot with 400 and more as
// one; both, as given beside the degree; given-or-ones and given-or-degree, as given where nodes have several columns.
NodeFeatures features_from(const Options& options, const Dataset& data, const char* fallback);

// The encoder of InfoGraph and GraphCL: GIN layers of 32 columns without BatchNorm in their MLP, each followed by relu
// and BatchNorm, and the rows of all layers side by side.
EncoderDefaults summed_gin(int layers);

// Three times linear and activation, plus a linear shortcut (InfoGraph, MVGRL).
struct ShortcutMlp {
  // "0", "1", "2" and "shortcut" with "weight" and "bias"; a slope each where the activation has one.
  ShortcutMlp(const Params& p, Offset in, Offset out, const std::string& activation);
  Var operator()(const Var& x) const;  // [n, in] -> [n, out]
  std::vector<Linear> layers;
  std::vector<std::function<Var(const Var&)>> activations;
  Linear shortcut;
};

}  // namespace pfm
