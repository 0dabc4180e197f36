// GPT (Radford et al. 2018): GPT-2's names, norms behind the parts of a layer, none at the end nor behind the tables.
#include <pfm/nlp/weight_names.h>

namespace pfm::nlp {

static Architecture architecture(const ConfigFile& c) {
  Architecture a{.family = "openai-gpt",
                 .vocabulary = c.size("vocab_size"),
                 .positions = c.size("n_positions"),
                 .hidden = c.size("n_embd"),
                 .heads = c.size("n_head"),
                 .layers = c.size("n_layer"),
                 .activation = activation_at(c, "afn", "gelu"),
                 .epsilon = c.real("layer_norm_epsilon", 1e-5),
                 .embedding_norm = false,
                 .causal = true};
  if (a.activation == "gelu") a.activation = "gelu_tanh";  // what the configuration means by it
  a.embedding = a.hidden, a.groups = a.layers, a.inner = 4 * a.hidden;
  return a;
}

static Names names_of(const Architecture& a) {
  Names names;
  names.table("tokens_embed.weight", "embedding.tokens.weight", a.vocabulary, a.hidden);
  names.table("positions_embed.weight", "embedding.positions.weight", a.positions, a.hidden);
  gpt_layers(names, a);
  names.tied("lm_head.weight", "tokens_embed.weight");
  names.buffers.push_back("position_ids");
  return names;
}

Family openai_gpt() { return {"openai-gpt", "transformer.", architecture, names_of}; }

}  // namespace pfm::nlp
