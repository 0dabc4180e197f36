// What masked language models share: the network with its head, and how they are measured on texts they did not learn
// from.
#pragma once
#include <pfm/nlp/masking.h>
#include <pfm/nlp/text_heads.h>
#include <pfm/nlp/text_pairs.h>
#include <pfm/nlp/texts.h>
#include <pfm/selfsup/corruption.h>

#include <map>

namespace pfm::nlp {

struct MaskedModel {
  // "embedding", "layers", "lm" below `p`, as nlp/weight_names.h has them.
  MaskedModel(const Params& p, const Architecture& a, const TextSettings& settings)
      : encoder(p, a, settings), head(p, a, encoder.tables.tokens) {}
  ChosenRows rows(const Batch& batch, std::vector<NodeId> ids, const std::optional<Rng>& rng = {}) const {
    return encoder.at(std::move(ids), text_rows(encoder.architecture, batch), rng);
  }
  // Mean cross-entropy of what stands in `truth` at the rows that `seen` hides, which are among the rows of `seen`.
  Var loss(const ChosenRows& rows, const Batch& seen, const Batch& truth) const;
  TextEncoder encoder;
  LanguageHead head;
};

// What the methods' options start from: BERT's shape with four layers of 256; ten epochs of AdamW, batches of 32, a
// rate of 5e-4 that rises for one epoch and falls in a line.
Architecture small_bert();
Training masked_training();

MaskRule mask_rule(const Options& options);  // asks "mask", the share of tokens that is hidden

// The architecture for a tokenizer's vocabulary and sequences of text.length.
Architecture sized(Architecture a, const Tokenizer& tokenizer, const TextOptions& text);

// The tokens of texts with the frame of BERT where the tokenizer has none.
Tokenizer framing(Tokenizer tokenizer);

std::vector<std::int32_t> tokens_at(const Batch& batch, std::span<const NodeId> rows);

// What is added up over batches of held-out texts.
struct Measured {
  double nats = 0;     // of hidden tokens
  double unigram = 0;  // the same by how often each token comes in what was learned from
  std::int64_t hidden = 0;
  std::map<std::string, std::pair<std::int64_t, std::int64_t>> right;  // metric: right of all
  void add_hidden(double mean, const Batch& seen, const Batch& truth, std::span<const double> unigram_nats);
  void add_tokens(double mean, std::span<const std::int32_t> tokens, std::span<const double> unigram_nats);  // or -1
  std::map<std::string, std::pair<std::vector<double>, std::vector<double>>> binary;  // scores that shall be high, low
  void add_binary(const std::string& what, double score, bool high);
  std::vector<TokenIds> written, copied, wanted;  // texts that a model wrote, those that it read, those that it should
  void add_text(TokenIds was_written, TokenIds was_read, TokenIds is_wanted);
  void add_pairs(const std::string& metric, const Matrix& scores, std::span<const NodeId> wrong);  // [pairs, 2]
};

// How a batch of held-out texts is added up.
using Measure = std::function<void(const Batch& batch, std::span<const double> unigram_nats, Rng rng, Measured& into)>;

// "nats-below-unigram", "loss" (nats a hidden token) and "perplexity"; the shares that `measure` counts, in percent; of
// what it adds as binary "NAME-auc" and by how much the sign is right more often than always the same answer,
// "NAME-above-majority", in percent; of texts "bleu" and "bleu-above-copy" (nlp/bleu.h). Over one epoch of the batches
// of held-out documents, drawn alike each time.
TextScores measured_scores(const Dataset& learned_from, const Tokenizer& tokenizer,
                           std::function<MiniBatches(const Batch&)> batches, Measure measure);

// What begins with parameters, loss and batches, with texts as tokens, the encoder's rows of texts and scores of
// others.
Pretext measured(Pretext start, const TextEncoder& encoder, const Dataset& learned_from, const TextOptions& text,
                 const Tokenizer& tokenizer, const Measure& measure);

// Asks "copies".
PairRule pair_rule_from(const Options& options, WrongPair wrong, const TextOptions& text, const Training& training);

// A task of BERT's kind: hidden tokens, and of each pair whether it is wrong (nlp/text_pairs.h).
struct PairTask {
  std::string metric;  // of the share of pairs that are told right
  MaskedModel model;
  // Of each pair's first row: [pairs, 2], column 1: wrong; none: not asked.
  std::function<Var(const Var& firsts)> scores;
  Corruption hide;
};
// The losses are added, masks and pairs drawn in advance.
Pretext masked_pairs(const PairTask& task, const Params& p, const Dataset& data, const Options& options,
                     const Training& training, const TextOptions& text, const Tokenizer& tokenizer,
                     const PairRule& rule);

// A task whose loss is the mean cross-entropy of tokens: scores [n, V] and what they shall give [n], -1 for nothing. Of
// sequences that whole texts fill, with other draws each time a sequence comes; `network` is given in training only.
// Held-out batches may be measured in another way too.
struct PredictedTokens {
  Var scores;
  std::vector<std::int32_t> tokens;
};
using PredictTokens =
    std::function<PredictedTokens(const Batch& texts, const Rng& draws, const std::optional<Rng>& network)>;
using MeasureTexts = std::function<void(const Batch& texts, const Rng& draws, Measured& into)>;
Pretext predicted_sequences(const PredictTokens& predict, const TextEncoder& encoder, const Params& p,
                            const Dataset& data, const Training& training, const TextOptions& text,
                            const Tokenizer& tokenizer, const MeasureTexts& measure_too = {});

// A task of RoBERTa's kind: tokens of sequences that whole texts fill, hidden anew each time a sequence comes. `more`,
// where there is some, is added to their loss, and asks for the rows `asked_too`.
struct SequenceTask {
  MaskedModel model;
  Corruption hide;
  std::function<std::vector<NodeId>(const Batch& seen)> asked_too = {};
  std::function<Var(const ChosenRows& rows, const Batch& seen, const Batch& truth)> more = {};
};
Pretext masked_sequences(const SequenceTask& task, const Params& p, const Dataset& data, const Training& training,
                         const TextOptions& text, const Tokenizer& tokenizer);

}  // namespace pfm::nlp
