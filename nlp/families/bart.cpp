// BART (Lewis et al. 2020, arXiv:1910.13461): an encoder as BERT's, a decoder, positions that begin at 2, one table of
// tokens for all and a bias of the scores that is not trained.
#include <fmt/format.h>
#include <pfm/nlp/weight_names.h>

namespace pfm::nlp {

static Architecture architecture(const ConfigFile& c) {
  c.must_be("is_encoder_decoder", true);
  c.must_be("scale_embedding", false);
  constexpr Offset offset = 2;
  Architecture a{.family = "bart",
                 .vocabulary = c.size("vocab_size"),
                 .positions = c.size("max_position_embeddings") + offset,
                 .hidden = c.size("d_model"),
                 .heads = c.size("encoder_attention_heads"),
                 .inner = c.size("encoder_ffn_dim"),
                 .layers = c.size("encoder_layers"),
                 .activation = activation_at(c, "activation_function", "gelu"),
                 .epsilon = 1e-5,
                 .first_position = offset,
                 .padding = TokenId(c.number("pad_token_id", 1))};
  a.embedding = a.hidden, a.groups = a.layers;
  a.head_bias = HeadBias::fixed;
  a.decoder_layers = c.size("decoder_layers");
  if (c.size("decoder_attention_heads") != a.heads || c.size("decoder_ffn_dim") != a.inner)
    c.fail("its decoder has other heads or another 'ffn_dim' than its encoder, which this program has not");
  return a;
}

static void attention(Names& names, const Architecture& a, const std::string& theirs, const std::string& ours) {
  names.linear(theirs + ".q_proj", ours + ".query", a.hidden, a.hidden);
  names.linear(theirs + ".k_proj", ours + ".key", a.hidden, a.hidden);
  names.linear(theirs + ".v_proj", ours + ".value", a.hidden, a.hidden);
  names.linear(theirs + ".out_proj", ours + ".output", a.hidden, a.hidden);
  names.norm(theirs + "_layer_norm", ours + "_norm", a.hidden);
}

static void stack(Names& names, const Architecture& a, Offset layers, const std::string& theirs,
                  const std::string& ours, bool decoder) {
  names.table(theirs + "embed_positions.weight", ours + "embedding.positions.weight", a.positions, a.hidden);
  names.norm(theirs + "layernorm_embedding", ours + "embedding.norm", a.hidden);
  for (Offset i = 0; i < layers; ++i) {
    const std::string from = fmt::format("{}layers.{}.", theirs, i), to = fmt::format("{}layers.{}.", ours, i);
    attention(names, a, from + "self_attn", to + "attention");
    if (decoder) attention(names, a, from + "encoder_attn", to + "cross_attention");
    names.linear(from + "fc1", to + "feed_forward.0", a.hidden, a.inner);
    names.linear(from + "fc2", to + "feed_forward.1", a.inner, a.hidden);
    names.norm(from + "final_layer_norm", to + "feed_forward_norm", a.hidden);
  }
  names.tied(theirs + "embed_tokens.weight", "shared.weight");
}

static Names names_of(const Architecture& a) {
  Names names;
  names.table("shared.weight", "embedding.tokens.weight", a.vocabulary, a.hidden);
  stack(names, a, a.layers, "encoder.", "", false);
  stack(names, a, a.decoder_layers, "decoder.", "decoder.", true);
  names.next_part();
  names.table("final_logits_bias", "lm.output_bias", 1, a.vocabulary);
  names.tied("lm_head.weight", "shared.weight");
  return names;
}

Family bart() { return {"bart", "model.", architecture, names_of}; }

}  // namespace pfm::nlp
