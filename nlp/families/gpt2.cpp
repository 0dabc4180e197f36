// GPT-2 (Radford et al. 2019): norms before the parts of a layer and one at the end, query, key and value in one map,
// weights stored [in, out].
#include <pfm/nlp/weight_names.h>

#include <array>

namespace pfm::nlp {

static Architecture architecture(const ConfigFile& c) {
  c.must_be("scale_attn_weights", true);
  c.must_be("scale_attn_by_inverse_layer_idx", false);
  c.must_be("add_cross_attention", false);
  Architecture a{.family = "gpt2",
                 .vocabulary = c.size("vocab_size"),
                 .positions = c.size("n_positions"),
                 .hidden = c.size("n_embd"),
                 .heads = c.size("n_head"),
                 .layers = c.size("n_layer"),
                 .activation = activation_at(c, "activation_function", "gelu_new"),
                 .epsilon = c.real("layer_norm_epsilon", 1e-5),
                 .embedding_norm = false,
                 .norm_first = true,
                 .causal = true};
  a.embedding = a.hidden, a.groups = a.layers;
  a.inner = c.size("n_inner", 4 * a.hidden);
  return a;
}

void gpt_layers(Names& names, const Architecture& a) {
  for (Offset i = 0; i < a.layers; ++i) {
    const std::string theirs = "h." + std::to_string(i) + ".", ours = "layers." + std::to_string(i) + ".";
    const std::array<std::string, 3> parts{ours + "attention.query", ours + "attention.key", ours + "attention.value"};
    names.norm(theirs + "ln_1", ours + "attention_norm", a.hidden);
    names.fused(theirs + "attn.c_attn", parts, a.hidden, a.hidden);
    names.conv1d(theirs + "attn.c_proj", ours + "attention.output", a.hidden, a.hidden);
    names.norm(theirs + "ln_2", ours + "feed_forward_norm", a.hidden);
    names.conv1d(theirs + "mlp.c_fc", ours + "feed_forward.0", a.hidden, a.inner);
    names.conv1d(theirs + "mlp.c_proj", ours + "feed_forward.1", a.inner, a.hidden);
  }
  names.buffers = {".attn.bias", ".attn.masked_bias"};  // causal masks of older files
}

static Names names_of(const Architecture& a) {
  Names names;
  names.table("wte.weight", "embedding.tokens.weight", a.vocabulary, a.hidden);
  names.table("wpe.weight", "embedding.positions.weight", a.positions, a.hidden);
  gpt_layers(names, a);
  names.norm("ln_f", "norm", a.hidden);
  names.tied("lm_head.weight", "wte.weight");
  return names;
}

Family gpt2() { return {"gpt2", "transformer.", architecture, names_of}; }

}  // namespace pfm::nlp
