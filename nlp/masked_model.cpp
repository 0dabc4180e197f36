#include <pfm/encoders/readout.h>
#include <pfm/graph/text_samples.h>
#include <pfm/nlp/bleu.h>
#include <pfm/nlp/masked_model.h>
#include <pfm/nlp/special_roles.h>
#include <pfm/nn/classification.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/shape.h>
#include <pfm/selfsup/metrics.h>

#include <algorithm>
#include <cmath>

namespace pfm::nlp {

std::vector<std::int32_t> tokens_at(const Batch& batch, std::span<const NodeId> rows) {
  std::vector<std::int32_t> tokens;
  for (const NodeId row : rows) tokens.push_back(batch.ids[std::size_t(row)]);
  return tokens;
}

Var MaskedModel::loss(const ChosenRows& rows, const Batch& seen, const Batch& truth) const {
  return cross_entropy(head(rows.at(seen.hidden_nodes)), tokens_at(truth, seen.hidden_nodes));
}

Architecture small_bert() {
  return {.family = "bert",
          .segments = 2,
          .hidden = 256,
          .heads = 4,
          .layers = 4,
          .activation = "gelu",
          .head_activation = "gelu",
          .epsilon = 1e-12};
}

Training masked_training() {
  return {.epochs = 10,
          .batch = 32,
          .optimiser = "adamw",
          .lr = 5e-4,
          .weight_decay = 0.01,
          .clip = 1,
          .schedule = "linear",
          .warmup = 1};
}

MaskRule mask_rule(const Options& o) {
  const MaskRule rule{.rate = o("mask", 0.15)};
  if (!(rule.rate > 0 && rule.rate < 1)) throw Error(Fault::usage, "option mask: between 0 and 1");
  return rule;
}

Architecture sized(Architecture a, const Tokenizer& tokenizer, const TextOptions& text) {
  a.vocabulary = tokenizer.vocabulary->size(), a.positions = text.length;
  return a;
}

PairRule pair_rule_from(const Options& o, WrongPair wrong, const TextOptions& text, const Training& training) {
  const PairRule rule{.wrong = wrong, .length = text.length, .size = training.batch, .copies = o("copies", 10)};
  if (rule.copies < 1) throw Error(Fault::usage, "option copies: at least 1");
  return rule;
}

Tokenizer framing(Tokenizer t) {
  if (t.frame.before.empty()) t.frame = bert_frame(t.special);
  return t;
}

void Measured::add_hidden(double mean, const Batch& seen, const Batch& truth, std::span<const double> unigram_nats) {
  add_tokens(mean, tokens_at(truth, seen.hidden_nodes), unigram_nats);
}

void Measured::add_tokens(double mean, std::span<const std::int32_t> tokens, std::span<const double> unigram_nats) {
  const auto asked = std::ranges::count_if(tokens, [](std::int32_t token) { return token >= 0; });
  nats += mean * double(asked);
  hidden += asked;
  for (const std::int32_t token : tokens)
    if (token >= 0) unigram += unigram_nats[std::size_t(token)];
}

void Measured::add_text(TokenIds was_written, TokenIds was_read, TokenIds is_wanted) {
  written.push_back(std::move(was_written)), copied.push_back(std::move(was_read));
  wanted.push_back(std::move(is_wanted));
}

void Measured::add_binary(const std::string& what, double score, bool high) {
  (high ? binary[what].first : binary[what].second).push_back(score);
}

void Measured::add_pairs(const std::string& metric, const Matrix& scores, std::span<const NodeId> wrong) {
  auto& [is_right, of] = right[metric];
  for (Offset g = 0; g < scores.rows(); ++g)
    is_right += (scores(g, 1) > scores(g, 0)) == (std::ranges::find(wrong, NodeId(g)) != wrong.end());
  of += scores.rows();
}

// [G] 1 for the pairs that hidden_nodes names.
static std::vector<std::int32_t> wrong_pairs(const Batch& batch) {
  std::vector<std::int32_t> wrong(batch.segments.size() - 1, 0);
  for (const NodeId g : batch.hidden_nodes) wrong[std::size_t(g)] = 1;
  return wrong;
}

// Each token's, one more than it was seen, so that none is impossible.
static std::vector<double> unigram_nats_of(const Batch& texts, TokenId vocabulary) {
  std::vector<double> nats(static_cast<std::size_t>(vocabulary), 1);
  for (const NodeId id : texts.ids) ++nats[std::size_t(id)];
  const double total = double(texts.ids.size()) + double(vocabulary);
  for (double& n : nats) n = std::log(total / n);
  return nats;
}

TextScores measured_scores(const Dataset& learned_from, const Tokenizer& tokenizer,
                           std::function<MiniBatches(const Batch&)> batches, Measure measure) {
  const auto texts = std::make_shared<const std::vector<std::string>>(learned_from.texts);
  return [=, tokens = tokens_of_texts(tokenizer)](std::span<const std::string> documents) {
    const NoGradient measuring;
    const auto unigram = unigram_nats_of(tokens(of_texts("", *texts)), tokenizer.vocabulary->size());
    const MiniBatches cut = batches(tokens(of_texts("held out", {documents.begin(), documents.end()})));
    const Rng rng = Rng(0).split("held out");
    const auto make = cut.epoch(rng);
    Measured sum;
    for (Offset b = 0; b < cut.an_epoch; ++b) measure(make(b), unigram, rng.split(std::uint64_t(b)), sum);
    std::vector<std::pair<std::string, double>> scores;
    if (sum.hidden > 0) {
      const double loss = sum.nats / double(sum.hidden);
      scores = {{"nats-below-unigram", sum.unigram / double(sum.hidden) - loss},
                {"loss", loss},
                {"perplexity", std::exp(loss)}};
    }
    if (!sum.wanted.empty()) {
      const double of_model = bleu(sum.written, sum.wanted);
      scores.insert(scores.end(), {{"bleu", of_model}, {"bleu-above-copy", of_model - bleu(sum.copied, sum.wanted)}});
    }
    for (const auto& [metric, counted] : sum.right)
      scores.emplace_back(metric, 100 * double(counted.first) / double(std::max<std::int64_t>(1, counted.second)));
    for (const auto& [what, asked] : sum.binary) {
      const auto& [high, low] = asked;
      if (high.empty() || low.empty()) continue;
      const auto above = [](double score) { return score > 0; };
      const auto right = std::ranges::count_if(high, above) + std::ranges::count_if(low, std::not_fn(above));
      scores.emplace_back(what + "-auc", 100 * auc(high, low));
      scores.emplace_back(what + "-above-majority", 100 * (double(right) - double(std::max(high.size(), low.size()))) /
                                                        double(high.size() + low.size()));
    }
    return scores;
  };
}

Pretext measured(Pretext start, const TextEncoder& encoder, const Dataset& data, const TextOptions& text,
                 const Tokenizer& tokenizer, const Measure& measure) {
  start.encoder = text_vectors(encoder, tokenizer, text);
  start.prepare = tokens_of_texts(tokenizer);
  start.own_scores = measured_scores(data, tokenizer, start.batches, measure);
  return start;
}

Pretext masked_pairs(const PairTask& task, const Params& p, const Dataset& data, const Options& o,
                     const Training& training, const TextOptions& text, const Tokenizer& tokenizer,
                     const PairRule& rule) {
  auto loss = [=, masks = o.rng.split("masks")](const Batch& b, Rng rng) {
    const Batch seen = task.hide(b, masks);
    const std::vector<NodeId> firsts = starts_of(b.segments);
    const ChosenRows rows = task.model.rows(seen, rows_of_all({firsts, seen.hidden_nodes}), rng);
    const Rng order = rng.split("targets");
    const Var found = task.model.loss(rows, seen, text.targets(b, seen.hidden_nodes, order));
    if (!task.scores) return found;
    return add(found, cross_entropy(task.scores(rows.at(firsts)), text.targets(wrong_pairs(b), order)));
  };
  const auto measure = [=](const Batch& b, std::span<const double> unigram, Rng rng, Measured& into) {
    const Batch seen = task.hide(b, rng);
    const std::vector<NodeId> firsts = starts_of(b.segments);
    const ChosenRows rows = task.model.rows(seen, rows_of_all({firsts, seen.hidden_nodes}));
    into.add_hidden(task.model.loss(rows, seen, b).scalar(), seen, b, unigram);
    if (task.scores) into.add_pairs(task.metric, task.scores(rows.at(firsts)).value(), b.hidden_nodes);
  };
  const auto batches = [=, rng = o.rng.split("pairs")](const Batch& all) {
    return pair_batches(all, tokenizer, rule, rng);
  };
  return measured({.params = p, .encoder = {}, .loss = loss, .training = training, .batches = batches},
                  task.model.encoder, data, text, tokenizer, measure);
}

Pretext masked_sequences(const SequenceTask& task, const Params& p, const Dataset& data, const Training& training,
                         const TextOptions& text, const Tokenizer& tokenizer) {
  const auto loss = [=](const Batch& b, Rng rng) {
    const Batch seen = task.hide(b, rng.split("masks"));
    const std::vector<NodeId> too = task.asked_too ? task.asked_too(seen) : std::vector<NodeId>{};
    const ChosenRows rows = task.model.rows(seen, rows_of_all({seen.hidden_nodes, too}), rng.split("network"));
    const Batch truth = text.targets(b, seen.hidden_nodes, rng.split("targets"));
    const Var found = task.model.loss(rows, seen, truth);
    return task.more ? add(found, task.more(rows, seen, truth)) : found;
  };
  const auto measure = [=](const Batch& b, std::span<const double> unigram, Rng rng, Measured& into) {
    const Batch seen = task.hide(b, rng);
    into.add_hidden(task.model.loss(task.model.rows(seen, seen.hidden_nodes), seen, b).scalar(), seen, b, unigram);
  };
  const auto batches = [=](const Batch& all) { return full_sequences(all, tokenizer, text.length, training.batch); };
  return measured({.params = p, .encoder = {}, .loss = loss, .training = training, .batches = batches},
                  task.model.encoder, data, text, tokenizer, measure);
}

Pretext predicted_sequences(const PredictTokens& predict, const TextEncoder& encoder, const Params& p,
                            const Dataset& data, const Training& training, const TextOptions& text,
                            const Tokenizer& tokenizer, const MeasureTexts& measure_too) {
  const auto loss = [=](const Batch& b, Rng rng) {
    const auto [scores, tokens] = predict(b, rng.split("draws"), rng.split("network"));
    return cross_entropy(scores, text.targets(tokens, rng.split("targets")));
  };
  const auto measure = [=](const Batch& b, std::span<const double> unigram, Rng rng, Measured& into) {
    const auto [scores, tokens] = predict(b, rng, {});
    into.add_tokens(cross_entropy(scores, tokens).scalar(), tokens, unigram);
    if (measure_too) measure_too(b, rng, into);
  };
  const auto batches = [=](const Batch& all) { return full_sequences(all, tokenizer, text.length, training.batch); };
  return measured({.params = p, .encoder = {}, .loss = loss, .training = training, .batches = batches}, encoder, data,
                  text, tokenizer, measure);
}

}  // namespace pfm::nlp
