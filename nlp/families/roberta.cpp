// RoBERTa (Liu et al. 2019): BERT's layers, positions that begin behind the padding's.
#include <pfm/nlp/weight_names.h>

namespace pfm::nlp {

static Architecture architecture(const ConfigFile& c) {
  Architecture a = bert_architecture(c);
  a.padding = TokenId(c.number("pad_token_id", 1));
  a.first_position = a.padding + 1;
  a.head_activation = "gelu";
  return a;
}

void roberta_head(Names& names, const Architecture& a) {
  language_head(
      names, a,
      {.dense = "lm_head.dense", .norm = "lm_head.layer_norm", .bias = "lm_head.bias", .decoder = "lm_head.decoder"},
      a.hidden);
  names.tied("lm_head.decoder.bias", "lm_head.bias");
}

static Names names_of(const Architecture& a) {
  Names names;
  bert_embedding(names, a);
  bert_layers(names, a);
  bert_pooler(names, a);
  roberta_head(names, a);
  return names;
}

Family roberta() { return {"roberta", "roberta.", architecture, names_of}; }

}  // namespace pfm::nlp
