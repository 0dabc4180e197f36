// A HAN layer of one head for rows much wider than its input, as decoders have: sum over meta-paths m of
// beta_m (S_m W_m + b_m), S_m the sums that attention along m makes of the input. Rows stay the factors P = [S_1, S_2,
// .., 1] and W = [beta_1 W_1; beta_2 W_2; ..; sum of beta_m b_m], so that what is read of them costs no product of all
// rows.
#pragma once
#include <pfm/encoders/gat.h>
#include <pfm/encoders/han.h>
#include <pfm/encoders/meta_path.h>

namespace pfm {

struct WideHan {
  // "0", "1", ..: a Gat of `how` for each meta-path; `between` its results, [width out]. `dropout`: of the input.
  WideHan(const Params& p, Offset in, Offset out, std::size_t paths, const AttentionSettings& how, Real dropout,
          SemanticAttention between);

  struct Rows {
    Var codes, weights;                           // P [n, k], W [k, out]
    Var shares;                                   // beta [1, paths]
    Var at(std::span<const NodeId> ids) const;    // -> [ids, out]
    Var dots(std::span<const NodeId> ids) const;  // of these rows with all -> [ids, n]
  };
  Rows operator()(const std::vector<MetaPath>& paths, const Var& x, const std::optional<Rng>& rng) const;  // x [n, in]

  std::vector<Gat> along;
  SemanticAttention between;
  Dropout dropped;
};

}  // namespace pfm
