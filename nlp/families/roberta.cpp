// RoBERTa (Liu et al. 2019): BERT's layers, positions that begin behind the padding's.
#include <pfm/nlp/weight_names.h>

namespace pfm::nlp {

static Architecture architecture(const ConfigFile& c) {
  Architecture a = bert_architecture(c);
  a.padding = TokenId(c.number("pad_token_id", 1));
  a.first_position = a.padding + 1;
  return a;
}

void roberta_head(Names& names, const Architecture& a) {
  names.next_part();
  names.linear("lm_head.dense", "lm", a.hidden, a.hidden);
  names.norm("lm_head.layer_norm", "lm.norm", a.hidden);
  names.table("lm_head.bias", "lm.output_bias", 1, a.vocabulary);
  names.tied("lm_head.decoder.weight", "embeddings.word_embeddings.weight");
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
