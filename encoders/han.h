// Heterogeneous graph attention network (Wang et al. 2019, arXiv:1903.07293): a GAT along each meta-path, then
// attention between the meta-paths. Loops are those of the meta-paths: none is added.
#pragma once
#include <pfm/encoders/encoder.h>

namespace pfm {

// Several views of the same rows, weighted by how well their mean answers a query, alike for all rows:
// softmax over views of mean_i q . tanh(W h_i + b).
struct SemanticAttention {
  SemanticAttention(const Params& p, Offset width,
                    Offset hidden);  // "key" [width, hidden] with bias, "query" [1, hidden]
  // Views [n, width], at least one; `dropped`: the query with some entries dropped, else itself.
  Var weights(const std::vector<Var>& views, const Var& dropped = {}) const;     // -> [1, views], sum 1
  Var score(const Var& view, const Var& dropped = {}) const;                     // of one view -> [1, 1]
  static Var mix(const Var& weights, const std::vector<Var>& views);             // -> [n, width]
  Var operator()(const std::vector<Var>& views, const Var& dropped = {}) const;  // -> [n, width]
  Linear key;
  Var query;
};

struct Han {
  struct Settings {
    Offset heads = 1;  // divides the width of the result
    Real slope = Real(0.2);
    Real dropout = 0;  // of the attention along meta-paths, in training
  };
  // "project" [in, out] with bias, which serves all meta-paths; "<path>.source" and "<path>.target" [1, out], path 0,
  // 1,
  // ..; "semantic" with as many hidden columns as the result has.
  Han(const Params& p, Offset in, Offset out, Offset paths, Settings settings);
  // paths: [n, n] each, row = target, values do not count.  [n, in] -> [n, out]
  Var operator()(std::span<const Sparse> paths, const Input& x, std::optional<Rng> rng = {}) const;
  Linear project;
  std::vector<Var> source, target;
  SemanticAttention semantic;
  Settings settings;
};

}  // namespace pfm
