// ALBERT (Lan et al. 2020): narrow embeddings, layers that share the blocks of a group.
#include <fmt/format.h>
#include <pfm/nlp/weight_names.h>

namespace pfm::nlp {

static Architecture architecture(const ConfigFile& c) {
  Architecture a = bert_architecture(c);
  a.embedding = c.size("embedding_size", 128);
  a.embedding_project = true;
  a.groups = c.size("num_hidden_groups", 1);
  a.blocks = c.size("inner_group_num", 1);
  a.activation = a.head_activation = activation_at(c, "hidden_act", "gelu_new");
  if (a.layers % a.groups != 0) c.fail("'num_hidden_layers' is no multiple of 'num_hidden_groups'");
  return a;
}

static Names names_of(const Architecture& a) {
  Names names;
  bert_embedding(names, a);
  names.linear("encoder.embedding_hidden_mapping_in", "embedding.project", a.embedding, a.hidden);
  for (Offset i = 0; i < a.groups * a.blocks; ++i)
    layer(names, a, i, fmt::format("encoder.albert_layer_groups.{}.albert_layers.{}.", i / a.blocks, i % a.blocks),
          {.query = "attention.query",
           .key = "attention.key",
           .value = "attention.value",
           .output = "attention.dense",
           .attention_norm = "attention.LayerNorm",
           .first = "ffn",
           .second = "ffn_output",
           .feed_forward_norm = "full_layer_layer_norm"});
  names.next_part();
  names.linear("pooler", "pooler", a.hidden, a.hidden);
  language_head(names, a,
                {.dense = "predictions.dense",
                 .norm = "predictions.LayerNorm",
                 .bias = "predictions.bias",
                 .decoder = "predictions.decoder"},
                a.embedding);
  names.tied("predictions.decoder.bias", "predictions.bias");
  names.next_part();
  names.linear("sop_classifier.classifier", "sentence_order", a.hidden, 2);
  return names;
}

Family albert() { return {"albert", "albert.", architecture, names_of}; }

}  // namespace pfm::nlp
