// Two-stream attention (Yang et al. 2019, arXiv:1906.08237, section 2.3): rows of a content stream know their tokens,
// rows of a query stream know where they stand and what comes before them in an order, but not their own token.
// Letters: n tokens, t targets, d hidden columns.
#pragma once
#include <pfm/nlp/text_encoder.h>

namespace pfm::nlp {

// Who sees whom. A token's rank is its place in the order of its sentence: 0 for those that are given, which see each
// other, then 1, 2, .. for the targets, each of which sees smaller ranks (and in the content stream itself). Tokens may
// share a rank.
struct StreamRows {
  TextRows text;                                 // of the content stream; keys are a sentence's memory, then its tokens
  std::vector<NodeId> targets;                   // [t] rows
  Attends target_plan;                           // of the query stream, same keys
  std::shared_ptr<const RelativeRows> relative;  // of the targets
  std::vector<NodeId> keys;  // rows of (memory, tokens) one above the other in the order of keys; empty: the tokens
};

// Sentences as in text_rows. ranks [n] or none: everybody sees all, nobody is a target. `memory` rows stand before each
// sentence, of part 0.
StreamRows stream_rows(const Architecture& a, const Batch& batch, std::span<const Offset> ranks = {},
                           Offset memory = 0);

struct Streams {
  std::vector<Var> content;  // layers + 1 of [n, d]
  std::vector<Var> query;    // layers + 1 of [t, d]; empty without targets
};

struct TwoStreams {
  TwoStreams(const Params& p, const Architecture& a, const TextSettings& settings = {});
  // memory[l] [memory G, d]: rows that entered layer l for earlier tokens; no gradient goes there.
  Streams operator()(const StreamRows& rows, std::span<const Matrix> memory = {},
                     const std::optional<Rng>& rng = {}) const;
  TextEncoder encoder;
  Var query_start;  // "query_start" [1, d]: what enters the query stream
};

}  // namespace pfm::nlp
