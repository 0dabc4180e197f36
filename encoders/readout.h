// From rows to one vector per sample (graph, sentence, image).
#pragma once
#include <pfm/encoders/encoder.h>
#include <pfm/kernels/segments.h>

namespace pfm {

// Where the samples' rows lie: the batch's segments, or one of all rows.  [G + 1]
std::vector<Offset> segments_of(const Batch& batch);

// The first row of each segment; none may be empty.  [G]
std::vector<NodeId> starts_of(Segments segments);

// [N, k] -> [G, k]; an empty sample gives zeros.
using Readout = std::function<Var(const Batch& batch, const Var& rows)>;
Var sum_readout(const Batch& batch, const Var& rows);
Var mean_readout(const Batch& batch, const Var& rows);
Var max_readout(const Batch& batch, const Var& rows);

// Rows weighted by a softmax over their sample of w . row + b (Li et al. 2016, arXiv:1511.05493, the gate linear).
struct AttentionReadout {
  AttentionReadout(const Params& p, Offset width);  // "gate" [width, 1]
  Var operator()(const Batch& batch, const Var& rows) const;
  Linear gate;
};

// A row per sample instead: the readout of the rows.  [G, rows.width]
Encoder pooled(const Encoder& rows, const Readout& readout);

// The same for a readout of each column by itself: layers are read out before they are set side by side.
Encoder pooled_by_layer(const Encoder& rows, const Readout& readout);

// The sums of the rows of `layers` layers over each sample, side by side. Nodes that look alike from nearby are
// computed once where the layers allow it and that saves work: sums then differ in their rounding.
class SummedLayers {
 public:
  SummedLayers(const Encoder& rows, int layers) : rows_(rows), layers_(layers) {}
  Encoder encoder() const;                                  // [G, rows.width]
  std::optional<Alike> alike(const Batch& batch) const;     // what can be found without the weights
  Var operator()(const Alike& kinds, bool training) const;  // of what alike() gave; views keep statistics of their own

 private:
  Encoder rows_;
  int layers_;
};

// "sum", "mean", "max" or "attention"; another name is the user's fault.
Readout readout(const std::string& name, const Params& p, Offset width);

}  // namespace pfm
