// DistilBERT (Sanh et al. 2019, arXiv:1910.01108): no segments, no pooler, keys and names of its own.
#include <fmt/format.h>
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
  a.head_activation = a.activation;
  return a;
}

static Names names_of(const Architecture& a) {
  Names names;
  bert_embedding(names, a);
  for (Offset i = 0; i < a.layers; ++i)
    layer(names, a, i, fmt::format("transformer.layer.{}.", i),
          {.query = "attention.q_lin",
           .key = "attention.k_lin",
           .value = "attention.v_lin",
           .output = "attention.out_lin",
           .attention_norm = "sa_layer_norm",
           .first = "ffn.lin1",
           .second = "ffn.lin2",
           .feed_forward_norm = "output_layer_norm"});
  language_head(names, a,
                {.dense = "vocab_transform",
                 .norm = "vocab_layer_norm",
                 .bias = "vocab_projector.bias",
                 .decoder = "vocab_projector"},
                a.hidden);
  return names;
}

Family distilbert() { return {"distilbert", "distilbert.", architecture, names_of}; }

}  // namespace pfm::nlp
