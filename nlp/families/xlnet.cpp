// XLNet (Yang et al. 2019, arXiv:1906.08237): no positions but distances, no biases in the attention's maps, one of the
// scores that is learned. As an encoder it reads a whole sentence, all of whose tokens are of one part.
#include <fmt/format.h>
#include <pfm/nlp/weight_names.h>

namespace pfm::nlp {

static Architecture architecture(const ConfigFile& c) {
  c.must_be("untie_r", true);
  c.must_be("attn_type", "bi");
  c.must_be("bi_data", false);
  c.must_be("same_length", false);
  c.must_be("clamp_len", Offset{-1});
  Architecture a{.family = "xlnet",
                 .vocabulary = c.size("vocab_size"),
                 .hidden = c.size("d_model"),
                 .heads = c.size("n_head"),
                 .inner = c.size("d_inner"),
                 .layers = c.size("n_layer"),
                 .activation = activation_at(c, "ff_activation", "gelu"),
                 .epsilon = c.real("layer_norm_eps", 1e-12),
                 .embedding_norm = false,
                 .padding = TokenId(c.number("pad_token_id", 5)),
                 .head_bias = HeadBias::learned,
                 .relative_distances = true};
  a.embedding = a.hidden, a.groups = a.layers;
  if (a.hidden % 2 != 0) c.fail(fmt::format("'d_model' is {}, expected an even number", a.hidden));
  if (a.heads * c.size("d_head", a.hidden / a.heads) != a.hidden)
    c.fail("'d_head' is not 'd_model' / 'n_head'; only such models can be read");
  return a;
}

static void attention(Names& names, const Architecture& a, const std::string& theirs, const std::string& ours) {
  const Offset each = a.hidden / a.heads;
  const std::vector<Offset> map{a.hidden, a.heads, each}, row{a.heads, each};
  for (const auto& [their, our] : {std::pair{"q", "query"}, {"k", "key"}, {"v", "value"}, {"r", "distance"}})
    names.by_heads(theirs + their, fmt::format("{}{}.weight", ours, our), a.hidden, a.hidden, map);
  names.by_heads(theirs + "o", ours + "output.weight", a.hidden, a.hidden, map);
  names.tensors.back().transposed = true;
  for (const auto& [their, our] :
       {std::pair{"r_w_bias", "content_bias"}, {"r_r_bias", "distance_bias"}, {"r_s_bias", "part_bias"}})
    names.by_heads(theirs + their, ours + our, 1, a.hidden, row);
  names.by_heads(theirs + "seg_embed", ours + "parts", 2, a.hidden, {2, a.heads, each});
}

static Names names_of(const Architecture& a) {
  Names names;
  names.table("word_embedding.weight", "embedding.tokens.weight", a.vocabulary, a.hidden);
  names.by_heads("mask_emb", "query_start", 1, a.hidden, {1, 1, a.hidden});
  for (Offset i = 0; i < a.layers; ++i) {
    const std::string theirs = fmt::format("layer.{}.", i), ours = fmt::format("layers.{}.", i);
    attention(names, a, theirs + "rel_attn.", ours + "attention.");
    names.norm(theirs + "rel_attn.layer_norm", ours + "attention_norm", a.hidden);
    names.linear(theirs + "ff.layer_1", ours + "feed_forward.0", a.hidden, a.inner);
    names.linear(theirs + "ff.layer_2", ours + "feed_forward.1", a.inner, a.hidden);
    names.norm(theirs + "ff.layer_norm", ours + "feed_forward_norm", a.hidden);
  }
  names.next_part();
  names.vector("lm_loss.bias", "lm.output_bias", a.vocabulary);
  names.tied("lm_loss.weight", "word_embedding.weight");
  return names;
}

Family xlnet() { return {"xlnet", "transformer.", architecture, names_of}; }

}  // namespace pfm::nlp
