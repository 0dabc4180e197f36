// ALBERT (Lan et al. 2020): narrow embeddings, layers that share the blocks of a group.
#include <pfm/nlp/weight_names.h>

namespace pfm::nlp {

static Architecture architecture(const ConfigFile& c) {
  Architecture a = bert_architecture(c);
  a.embedding = c.size("embedding_size", 128);
  a.groups = c.size("num_hidden_groups", 1);
  a.blocks = c.size("inner_group_num", 1);
  a.activation = activation_at(c, "hidden_act", "gelu_new");
  if (a.layers % a.groups != 0) c.fail("'num_hidden_layers' is no multiple of 'num_hidden_groups'");
  return a;
}

static Names names_of(const Architecture& a) {
  Names names;
  bert_embedding(names, a);
  names.linear("encoder.embedding_hidden_mapping_in", "embedding.project", a.embedding, a.hidden);
  for (Offset i = 0; i < a.groups * a.blocks; ++i) {
    const std::string ours = "layers." + std::to_string(i) + ".";
    const std::string theirs = "encoder.albert_layer_groups." + std::to_string(i / a.blocks) + ".albert_layers." +
                               std::to_string(i % a.blocks) + ".";
    for (const std::string part : {"query", "key", "value"})
      names.linear(theirs + "attention." + part, ours + "attention." + part, a.hidden, a.hidden);
    names.linear(theirs + "attention.dense", ours + "attention.output", a.hidden, a.hidden);
    names.norm(theirs + "attention.LayerNorm", ours + "attention_norm", a.hidden);
    names.linear(theirs + "ffn", ours + "feed_forward.0", a.hidden, a.inner);
    names.linear(theirs + "ffn_output", ours + "feed_forward.1", a.inner, a.hidden);
    names.norm(theirs + "full_layer_layer_norm", ours + "feed_forward_norm", a.hidden);
  }
  names.next_part();
  names.linear("pooler", "pooler", a.hidden, a.hidden);
  names.next_part();
  names.linear("predictions.dense", "lm", a.hidden, a.embedding);
  names.norm("predictions.LayerNorm", "lm.norm", a.embedding);
  names.table("predictions.bias", "lm.output_bias", 1, a.vocabulary);
  names.tied("predictions.decoder.weight", "embeddings.word_embeddings.weight");
  names.tied("predictions.decoder.bias", "predictions.bias");
  names.next_part();
  names.linear("sop_classifier.classifier", "sentence_order", a.hidden, 2);
  return names;
}

Family albert() { return {"albert", "albert.", architecture, names_of}; }

}  // namespace pfm::nlp
