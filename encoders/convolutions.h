// The visible list of graph convolutions: from a name to a layer.
#pragma once
#include <pfm/encoders/encoder.h>
#include <pfm/kernels/spmm.h>

#include <string>

namespace pfm {

// What a layer may be asked for; each kind reads what concerns it.
struct ConvolutionSettings {
  Propagation along = {};           // gcn, sgc, appnp
  int hops = 2;                     // sgc, appnp, cheb: how far a layer looks
  Real alpha = Real(0.1);           // appnp: return to the start
  Reduce reduce = Reduce::mean;     // sage, graphconv
  bool normalise = false;           // sage
  Offset heads = 1;                 // gat, gatv2, supergat
  bool concat = true;               // gat, gatv2, supergat: heads side by side; else averaged
  Real attention_dropout = 0;       // gat, gatv2, supergat
  double epsilon = 0;               // gin: a node counts 1 + epsilon times, 1 as if it had a loop
  bool train_epsilon = false;       // gin
  bool batch_norm = true;           // gin, inside its MLP
  std::string activation = "relu";  // gin, inside its MLP: encoders/activation.h
  Offset mlp_hidden = 0;            // gin, of its MLP; 0 = the columns of its result
  Offset relations = 1;             // rgcn: edge types
  Offset bases = 0;                 // rgcn: matrices that relations mix; 0 = each has its own
  Offset edge_width = 0;            // gat, gatv2, gin: columns of the edge attributes; 0 = not used
};

struct ConvolutionKind {
  const char* name;
  // From rows of `in` columns ("table": of `in` items) to rows of `out` columns.
  Convolution (*make)(const Params& p, Offset in, Offset out, const ConvolutionSettings& settings);
  bool once;  // propagates once, after the other layers of a stack, which are linear
  const char* about;
};

const std::vector<ConvolutionKind>& convolution_kinds();
// Another name is the user's fault; the text lists the known ones.
const ConvolutionKind& convolution_kind(const std::string& name);

}  // namespace pfm
