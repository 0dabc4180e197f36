// MPNet (Song et al. 2020, arXiv:2004.09297): no segments, one table of relative positions for all layers, of 32 rows
// whatever the configuration says.
#include <fmt/format.h>
#include <pfm/nlp/weight_names.h>

namespace pfm::nlp {

static Architecture architecture(const ConfigFile& c) {
  Architecture a = bert_architecture(c);
  a.segments = 0;
  a.padding = TokenId(c.number("pad_token_id", 1));
  a.first_position = a.padding + 1;
  a.relative_buckets = 32;
  a.head_activation = "gelu";
  return a;
}

static Names names_of(const Architecture& a) {
  Names names;
  bert_embedding(names, a);
  for (Offset i = 0; i < a.layers; ++i)
    layer(names, a, i, fmt::format("encoder.layer.{}.", i),
          {.query = "attention.attn.q",
           .key = "attention.attn.k",
           .value = "attention.attn.v",
           .output = "attention.attn.o",
           .attention_norm = "attention.LayerNorm",
           .first = "intermediate.dense",
           .second = "output.dense",
           .feed_forward_norm = "output.LayerNorm"});
  names.table("encoder.relative_attention_bias.weight", "relative_bias.weight", a.relative_buckets, a.heads);
  bert_pooler(names, a);
  roberta_head(names, a);
  return names;
}

Family mpnet() { return {"mpnet", "mpnet.", architecture, names_of}; }

}  // namespace pfm::nlp
