// ELECTRA (Clark et al. 2020, arXiv:2003.10555). A small generator fills hidden tokens in; the discriminator, which is
// kept, tells of every token whether it was replaced. The loss is the generator's plus 50 times the discriminator's
// (section 3.1), and no gradient goes through what was drawn; a draw that hits the original counts as original. As in
// the authors' program 85 % of the chosen tokens are masked and 15 % stay. Tables of tokens and positions are shared.
// AdamW decays biases and norms too; the size is one for a single machine.
#include <fmt/format.h>
#include <pfm/nlp/masked_batch.h>
#include <pfm/nlp/masked_model.h>
#include <pfm/nlp/methods/electra_draws.h>
#include <pfm/nlp/methods/methods.h>
#include <pfm/nn/classification.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/shape.h>
#include <pfm/selfsup/metrics.h>

#include <numeric>

namespace pfm {

using namespace nlp;

static Pretext make(const Dataset& data, const Options& o) {
  const Training training = training_options(o, masked_training());
  const TextOptions text = text_options(o, {.tokenizer = "bytes", .pool = "mean"});
  Architecture shape = small_bert();
  shape.family = "electra", shape.segments = 0;
  shape.embedding = o("embedding", 128);
  const NetworkOptions network = network_options(o, shape, 0.1);
  const int narrower = o("generator", 4);
  const auto weight = Real(o("weight", 50.0));
  MaskRule rule = mask_rule(o);
  rule.masked = 0.85, rule.random = 0;
  if (narrower < 1 || network.architecture.hidden % (narrower * network.architecture.heads) != 0)
    throw Error(Fault::usage,
                fmt::format("option generator: how many times narrower, so that its {} heads divide {} / {}",
                            network.architecture.heads, network.architecture.hidden, narrower));
  need_texts(data, "electra");
  const Tokenizer tokenizer = framing(tokenizer_from(text, data, o));
  const Architecture a = sized(network.architecture, tokenizer, text);
  Architecture small = a;
  small.hidden /= narrower, small.inner /= narrower;
  Params p(o.rng);
  const TextEncoder discriminator(p, a, network.settings);
  const TextEncoder generator(p / "generator", small, network.settings, discriminator.tables);
  const LanguageHead head(p / "generator", small, discriminator.tables.tokens);
  const ReplacedHead replaced(p, a);
  const Corruption hide =
      mask_texts([=](std::span<const TokenId> ids, Rng rng) { return mask_tokens(ids, tokenizer, rule, rng); });
  // The generator's scores of what is hidden, the discriminator's of every token, and what it should have said.
  struct Step {
    Batch seen;
    Var hidden_scores, replaced_scores;
    std::vector<NodeId> asked;  // rows that the discriminator is asked of: all but the frame
    Matrix truth;               // [asked, 1]
  };
  const auto step = [=](const Batch& b, const Rng& draws, const std::optional<Rng>& rng) {
    const auto split = [&](const char* name) { return rng ? std::optional(rng->split(name)) : std::nullopt; };
    Step s{.seen = hide(b, draws.split("masks")), .hidden_scores = {}, .replaced_scores = {}, .asked = {}, .truth = {}};
    s.hidden_scores = head(generator.at(s.seen.hidden_nodes, text_rows(small, s.seen), split("generator")).rows);
    const Batch filled = filled_in(s.seen, s.hidden_scores.value(), draws.split("draws"));
    for (NodeId i = 0; i < b.rows(); ++i)
      if (!tokenizer.special.has(b.ids[std::size_t(i)])) s.asked.push_back(i);
    s.truth = were_replaced(filled, b, s.asked);
    s.replaced_scores = replaced(gather_rows(discriminator(text_rows(a, filled), split("discriminator")), s.asked));
    return s;
  };
  auto loss = [=](const Batch& b, Rng rng) {
    const Step s = step(b, rng, rng);
    const Rng order = rng.split("targets");
    const Var generated =
        cross_entropy(s.hidden_scores, text.targets(tokens_at(b, s.seen.hidden_nodes), order.split("tokens")));
    const Var wanted = text.targets(Var(s.truth.clone()), order.split("replaced"));
    return add(generated, scale(bce_with_logits(s.replaced_scores, wanted), weight));
  };
  const auto measure = [=](const Batch& b, std::span<const double> unigram, Rng rng, Measured& into) {
    const Step s = step(b, rng, {});
    into.add_hidden(cross_entropy(s.hidden_scores, tokens_at(b, s.seen.hidden_nodes)).scalar(), s.seen, b, unigram);
    for (Offset i = 0; i < s.truth.rows(); ++i)
      into.add_binary("replaced", double(s.replaced_scores.value()(i, 0)), s.truth(i, 0) != 0);
  };
  const auto batches = [=](const Batch& all) { return full_sequences(all, tokenizer, text.length, training.batch); };
  return measured({.params = p, .encoder = {}, .loss = loss, .training = training, .batches = batches}, discriminator,
                  data, text, tokenizer, measure);
}

Method electra() {
  return {.id = "electra",
          .name = "ELECTRA",
          .make = make,
          .paper = "2003.10555",
          .presets = {},
          .about = "a discriminator tells which tokens a small generator replaced",
          .protocol = "held-out"};
}

}  // namespace pfm
