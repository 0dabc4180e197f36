// Texts that a model goes on with, token by token. Letters: d hidden columns, V vocabulary.
#pragma once
#include <pfm/nlp/text_heads.h>
#include <pfm/nlp/tokenizer.h>

namespace pfm::nlp {

// A network that predicts each next token from those before it.
struct CausalModel {
  TextEncoder encoder;
  LanguageHead head;
  Tokenizer tokenizer;
  TokenIds before;         // what stands before a text where it learned
  TokenId end = no_token;  // what stands behind it alone
};

// The scores of the next token while a sequence grows. Keys and values of every layer are kept, so that a token costs
// as much as it has tokens before it. Tokens go through the network in blocks of the same rows of the sequence, however
// many are given at a time: the scores are the same bits as when all tokens are given at once.
class GrowingText {
 public:
  // The network must be causal, an encoder of its own: Error(Fault::input).
  explicit GrowingText(const CausalModel& model);
  // Where the sequence would have more tokens than the model has positions, it goes on with the second half alone.
  void add(std::span<const TokenId> tokens);
  Matrix scores() const;                              // [1, V]; there must be a token
  const TokenIds& tokens() const { return tokens_; }  // that the model sees

 private:
  void run_block(Offset first);
  const CausalModel& model_;
  Offset longest_;
  TokenIds tokens_;
  std::vector<KeptRows> kept_;
  Matrix last_;  // [1, d]: the row of the last token
};

// How the next token is chosen from scores s. Greedy: the first of the highest. Else drawn from softmax(s /
// temperature) over the `top_k` highest (0: all) and of these over the fewest that have probability `top_p` together
// (Holtzman et al. 2020, arXiv:1904.09751); among equal scores the first ones count as higher.
struct Choosing {
  bool greedy = true;
  double temperature = 1, top_p = 1;
  int top_k = 0;
};
TokenId chosen(std::span<const Real> scores, const Choosing& how, double uniform);  // uniform of [0, 1)

// Up to `most` tokens behind `prompt`, of which an empty one stands for the beginning of a text; model.end ends it and
// is left out. Token i is chosen by number i of `rng`.
TokenIds continuation(const CausalModel& model, const TokenIds& prompt, Offset most, const Choosing& how, Rng rng);

}  // namespace pfm::nlp
