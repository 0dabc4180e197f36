#include <pfm/encoders/readout.h>
#include <pfm/nlp/sequence_model.h>
#include <pfm/nn/shape.h>

#include <algorithm>
#include <numeric>

namespace pfm::nlp {

PredictedTokens SequenceModel::operator()(const Rewriting& of, const std::optional<Rng>& rng) const {
  const auto stream = [&](const char* name) { return rng ? std::optional(rng->split(name)) : std::nullopt; };
  const Var memory = encoder(text_rows(encoder.architecture, of.sources), stream("encoder"));
  return {head(decoder(of.rows.text, memory, of.rows.sources, stream("decoder"))), of.targets};
}

namespace {

// The first `most` rows of each text.
struct Beginnings {
  DecoderRows rows;
  std::vector<NodeId> last;  // of each text with so many rows the last one
  std::vector<NodeId> of;    // the same as a row of the whole
};

Beginnings beginnings_of(const DecoderRows& whole, const TokenIds& read, Offset most) {
  Beginnings b;
  std::vector<Offset> segments{0};
  const std::vector<Offset>& texts = whole.text.plan->queries;
  for (std::size_t g = 0; g + 1 < texts.size(); ++g) {
    const Offset end = std::min(texts[g] + most, texts[g + 1]);
    for (Offset i = texts[g]; i < end; ++i) {
      b.rows.text.tokens.push_back(read[std::size_t(i)]);
      b.rows.text.positions.push_back(whole.text.positions[std::size_t(i)]);
    }
    segments.push_back(Offset(b.rows.text.tokens.size()));
    if (end - texts[g] == most) b.last.push_back(NodeId(segments.back() - 1)), b.of.push_back(NodeId(end - 1));
  }
  AttentionPlan own = within(segments), across{.queries = segments, .keys = whole.sources->keys};
  own.mask = causal_mask(segments, segments);
  b.rows.text.plan = std::make_shared<const AttentionPlan>(std::move(own));
  b.rows.sources = std::make_shared<const AttentionPlan>(std::move(across));
  return b;
}

}  // namespace

TokenIds SequenceModel::written(const Rewriting& of) const {
  const NoGradient writing;
  const Var memory = encoder(text_rows(encoder.architecture, of.sources));
  TokenIds read = of.rows.text.tokens, gave(read.size(), no_token);
  for (Offset most = 1;; ++most) {
    const Beginnings b = beginnings_of(of.rows, read, most);
    if (b.last.empty()) return gave;
    const Var scores = head(gather_rows(decoder(b.rows.text, memory, b.rows.sources), b.last));
    for (std::size_t i = 0; i < b.of.size(); ++i) {
      const std::span<const Real> row = scores.value().row(Offset(i));
      const auto at = std::size_t(b.of[i]);
      if (of.targets[at] < 0) continue;
      gave[at] = TokenId(std::ranges::max_element(row) - row.begin());
      if (at + 1 < read.size() && of.rows.text.tokens[at + 1] == of.targets[at]) read[at + 1] = gave[at];
    }
  }
}

NetworkOptions sequence_options(const Options& o) {
  NetworkOptions network = network_options(
      o, {.family = "bart", .hidden = 256, .heads = 4, .layers = 3, .activation = "gelu", .epsilon = 1e-5}, 0.1);
  network.architecture.decoder_layers = network.architecture.layers;
  return network;
}

static TokenIds without_special(std::span<const TokenId> ids, const SpecialTokens& special) {
  TokenIds plain;
  std::ranges::copy_if(ids, std::back_inserter(plain), [&](TokenId id) { return id != no_token && !special.has(id); });
  return plain;
}

// Where the sources name hidden rows, what was written stands there; else it is the whole text.
static void add_written(const SequenceModel& model, const Rewriting& of, const Batch& texts,
                        const SpecialTokens& special, Measured& into) {
  const TokenIds gave = model.written(of);
  TokenIds filled = of.sources.ids;
  for (std::size_t i = 0; i < of.sources.hidden_nodes.size(); ++i)
    filled[std::size_t(of.sources.hidden_nodes[i])] = gave[i];
  const bool filling = !of.sources.hidden_nodes.empty();
  const std::vector<Offset> ends = filling ? segments_of(of.sources) : of.rows.text.plan->queries,
                            sources = segments_of(of.sources), wanted = segments_of(texts);
  const auto part = [&](const TokenIds& ids, const std::vector<Offset>& segments, std::size_t g) {
    return without_special(std::span(ids).subspan(std::size_t(segments[g]), std::size_t(segments[g + 1] - segments[g])),
                           special);
  };
  for (std::size_t g = 0; g + 1 < wanted.size(); ++g)
    into.add_text(part(filling ? filled : gave, ends, g), part(of.sources.ids, sources, g), part(texts.ids, wanted, g));
}

Pretext rewritten_sequences(const SequenceModel& model,
                            const std::function<Rewriting(const Batch& texts, const Rng& draws)>& rewriting,
                            const Params& p, const Dataset& data, const Training& training, const TextOptions& text,
                            const Tokenizer& tokenizer) {
  const auto predict = [=](const Batch& b, const Rng& draws, const std::optional<Rng>& rng) {
    return model(rewriting(b, draws), rng);
  };
  const auto write = [=](const Batch& b, const Rng& draws, Measured& into) {
    constexpr std::size_t texts = 8;  // every token asks for all before it again
    if (!into.wanted.empty()) return;
    std::vector<NodeId> first(std::min(texts, b.segments.size() - 1));
    std::iota(first.begin(), first.end(), NodeId{0});
    const Batch few = chosen_samples(b, first);
    add_written(model, rewriting(few, draws), few, tokenizer.special, into);
  };
  return predicted_sequences(predict, model.encoder, p, data, training, text, tokenizer, write);
}

}  // namespace pfm::nlp
