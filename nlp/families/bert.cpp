// BERT (Devlin et al. 2019): the names most others have from it.
#include <fmt/format.h>
#include <pfm/nlp/weight_names.h>

namespace pfm::nlp {

Architecture bert_architecture(const ConfigFile& c) {
  c.must_be("position_embedding_type", "absolute");
  c.must_be("is_decoder", false);
  c.must_be("add_cross_attention", false);
  Architecture a{.family = c.text("model_type", ""),
                 .vocabulary = c.size("vocab_size"),
                 .positions = c.size("max_position_embeddings"),
                 .segments = c.number("type_vocab_size", 0),
                 .hidden = c.size("hidden_size"),
                 .heads = c.size("num_attention_heads"),
                 .inner = c.size("intermediate_size"),
                 .layers = c.size("num_hidden_layers"),
                 .activation = activation_at(c, "hidden_act", "gelu"),
                 .epsilon = c.real("layer_norm_eps", 1e-12),
                 .padding = TokenId(c.number("pad_token_id", 0))};
  a.embedding = a.hidden, a.groups = a.layers;
  a.head_activation = a.activation;
  return a;
}

void bert_embedding(Names& names, const Architecture& a) {
  names.table("embeddings.word_embeddings.weight", "embedding.tokens.weight", a.vocabulary, a.embedding);
  names.table("embeddings.position_embeddings.weight", "embedding.positions.weight", a.positions, a.embedding);
  if (a.segments > 0)
    names.table("embeddings.token_type_embeddings.weight", "embedding.segments.weight", a.segments, a.embedding);
  names.norm("embeddings.LayerNorm", "embedding.norm", a.embedding);
  names.buffers.insert(names.buffers.end(), {"embeddings.position_ids", "embeddings.token_type_ids"});
}

void bert_layers(Names& names, const Architecture& a) {
  for (Offset i = 0; i < a.layers; ++i)
    layer(names, a, i, fmt::format("encoder.layer.{}.", i),
          {.query = "attention.self.query",
           .key = "attention.self.key",
           .value = "attention.self.value",
           .output = "attention.output.dense",
           .attention_norm = "attention.output.LayerNorm",
           .first = "intermediate.dense",
           .second = "output.dense",
           .feed_forward_norm = "output.LayerNorm"});
}

void bert_pooler(Names& names, const Architecture& a) {
  names.next_part();
  names.linear("pooler.dense", "pooler", a.hidden, a.hidden);
}

static Names names_of(const Architecture& a) {
  Names names;
  bert_embedding(names, a);
  bert_layers(names, a);
  bert_pooler(names, a);
  language_head(names, a,
                {.dense = "cls.predictions.transform.dense",
                 .norm = "cls.predictions.transform.LayerNorm",
                 .bias = "cls.predictions.bias",
                 .decoder = "cls.predictions.decoder"},
                a.hidden);
  names.tied("cls.predictions.decoder.bias", "cls.predictions.bias");
  names.next_part();
  names.linear("cls.seq_relationship", "next_sentence", a.hidden, 2);
  return names;
}

Family bert() { return {"bert", "bert.", bert_architecture, names_of}; }

}  // namespace pfm::nlp
