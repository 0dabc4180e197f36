#include <pfm/encoders/readout.h>
#include <pfm/nlp/text_decoder.h>
#include <pfm/nn/shape.h>

namespace pfm::nlp {

static std::optional<Rng> stream(const std::optional<Rng>& rng, std::uint64_t i) {
  return rng ? std::optional(rng->split(i)) : std::nullopt;
}

TextDecoder::TextDecoder(const Params& p, const Architecture& a, const Var& tokens, const TextSettings& s)
    : tables(p / "decoder" / "embedding", a, s.deviation, tokens),
      transformer(p / "decoder", decoder_layers(p / "decoder", a, s)),
      dropout(s.dropout) {}

Var TextDecoder::entering(const TextRows& text, const std::optional<Rng>& rng) const {
  return tables.sum(gather_rows(tables.tokens, text.tokens), text, dropout, stream(rng, 0));
}

std::vector<Var> TextDecoder::states(const TextRows& text, const Var& memory, const Attends& sources,
                                     const std::optional<Rng>& rng) const {
  return transformer.states({.plan = text.plan, .memory_plan = sources, .memory = memory}, entering(text, rng),
                            stream(rng, 1));
}

Var TextDecoder::operator()(const TextRows& text, const Var& memory, const Attends& sources,
                            const std::optional<Rng>& rng) const {
  return transformer({.plan = text.plan, .memory_plan = sources, .memory = memory}, entering(text, rng),
                     stream(rng, 1));
}

DecoderRows decoder_rows(const Architecture& a, const Batch& targets, const Batch& sources) {
  Architecture causal = a;
  causal.causal = true;
  DecoderRows rows{.text = text_rows(causal, targets), .sources = {}};
  AttentionPlan across{.queries = segments_of(targets), .keys = segments_of(sources)};
  expect(across.queries.size() == across.keys.size(), "decoder_rows: a source for each text");
  rows.sources = std::make_shared<const AttentionPlan>(std::move(across));
  return rows;
}

}  // namespace pfm::nlp
