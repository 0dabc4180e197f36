// MPNet's two streams over a text that is masked and permuted at once (Song et al. 2020, arXiv:2004.09297, section
// 3.2).
#pragma once
#include <pfm/nlp/masked_model.h>

namespace pfm::nlp {

// The p tokens of a text at seen.hidden_nodes are predicted one after the other, z_1 .. z_p; the rest is context.
// Content rows, text after text: the text as `seen`, then its predicted tokens of `truth`. Query rows: the masks at
// z_1 .. z_p. Query z_t sees the context, the tokens z_1 .. z_(t-1) and the masks at z_t .. z_p, so always every place
// once (position compensation); the content row of z_t the tokens z_1 .. z_t and the masks behind; what stands in
// `seen` the context and all masks.
struct PermutedRows {
  TextRows content, queries;
  std::vector<std::int32_t> tokens;  // of each query
};
// The order of each text's predicted places is drawn, each equally likely.
PermutedRows permuted_rows(const Architecture& a, const Batch& seen, const Batch& truth, const Rng& rng);

// The query stream behind the last layer: its rows take the content's as keys and values.  [queries, d]
Var query_stream(const TextEncoder& encoder, const PermutedRows& rows, const std::optional<Rng>& rng = {});

}  // namespace pfm::nlp
