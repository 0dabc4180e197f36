// DistilBERT (Sanh et al. 2019, arXiv:1910.01108): no segments, no pooler, keys and names of its own.
#include <pfm/nlp/weight_names.h>

namespace pfm::nlp {

static Architecture architecture(const ConfigFile& c) {
  Architecture a{.family = "distilbert",
                 .vocabulary = c.size("vocab_size"),
                 .positions = c.size("max_position_embeddings"),
                 .hidden = c.size("dim"),
                 .heads = c.size("n_heads"),
                 .inner = c.size("hidden_dim"),
                 .layers = c.size("n_layers"),
                 .activation = activation_at(c, "activation", "gelu"),
                 .epsilon = 1e-12,
                 .padding = TokenId(c.number("pad_token_id", 0))};
  a.embedding = a.hidden, a.groups = a.layers;
  return a;
}

static Names names_of(const Architecture& a) {
  Names names;
  bert_embedding(names, a);
  for (Offset i = 0; i < a.layers; ++i) {
    const std::string theirs = "transformer.layer." + std::to_string(i) + ".",
                      ours = "layers." + std::to_string(i) + ".";
    names.linear(theirs + "attention.q_lin", ours + "attention.query", a.hidden, a.hidden);
    names.linear(theirs + "attention.k_lin", ours + "attention.key", a.hidden, a.hidden);
    names.linear(theirs + "attention.v_lin", ours + "attention.value", a.hidden, a.hidden);
    names.linear(theirs + "attention.out_lin", ours + "attention.output", a.hidden, a.hidden);
    names.norm(theirs + "sa_layer_norm", ours + "attention_norm", a.hidden);
    names.linear(theirs + "ffn.lin1", ours + "feed_forward.0", a.hidden, a.inner);
    names.linear(theirs + "ffn.lin2", ours + "feed_forward.1", a.inner, a.hidden);
    names.norm(theirs + "output_layer_norm", ours + "feed_forward_norm", a.hidden);
  }
  names.next_part();
  names.linear("vocab_transform", "lm", a.hidden, a.hidden);
  names.norm("vocab_layer_norm", "lm.norm", a.hidden);
  names.table("vocab_projector.bias", "lm.output_bias", 1, a.vocabulary);
  names.tied("vocab_projector.weight", "embeddings.word_embeddings.weight");
  return names;
}

Family distilbert() { return {"distilbert", "distilbert.", architecture, names_of}; }

}  // namespace pfm::nlp
