// MPNet (Song et al. 2020, arXiv:2004.09297): no segments, one table of relative positions for all layers, of 32 rows
// whatever the configuration says.
#include <pfm/nlp/weight_names.h>

namespace pfm::nlp {

static Architecture architecture(const ConfigFile& c) {
  Architecture a = bert_architecture(c);
  a.segments = 0;
  a.padding = TokenId(c.number("pad_token_id", 1));
  a.first_position = a.padding + 1;
  a.relative_buckets = 32;
  return a;
}

static Names names_of(const Architecture& a) {
  Names names;
  bert_embedding(names, a);
  for (Offset i = 0; i < a.layers; ++i) {
    const std::string theirs = "encoder.layer." + std::to_string(i) + ".", ours = "layers." + std::to_string(i) + ".";
    names.linear(theirs + "attention.attn.q", ours + "attention.query", a.hidden, a.hidden);
    names.linear(theirs + "attention.attn.k", ours + "attention.key", a.hidden, a.hidden);
    names.linear(theirs + "attention.attn.v", ours + "attention.value", a.hidden, a.hidden);
    names.linear(theirs + "attention.attn.o", ours + "attention.output", a.hidden, a.hidden);
    names.norm(theirs + "attention.LayerNorm", ours + "attention_norm", a.hidden);
    names.linear(theirs + "intermediate.dense", ours + "feed_forward.0", a.hidden, a.inner);
    names.linear(theirs + "output.dense", ours + "feed_forward.1", a.inner, a.hidden);
    names.norm(theirs + "output.LayerNorm", ours + "feed_forward_norm", a.hidden);
  }
  names.table("encoder.relative_attention_bias.weight", "relative_bias.weight", a.relative_buckets, a.heads);
  bert_pooler(names, a);
  roberta_head(names, a);
  return names;
}

Family mpnet() { return {"mpnet", "mpnet.", architecture, names_of}; }

}  // namespace pfm::nlp
