// ELECTRA (Clark et al. 2020, arXiv:2003.10555): BERT's layers behind embeddings that may be narrower; the generator's
// head or the discriminator's.
#include <pfm/nlp/weight_names.h>

namespace pfm::nlp {

static Architecture architecture(const ConfigFile& c) {
  Architecture a = bert_architecture(c);
  a.embedding = c.size("embedding_size", a.hidden);
  a.head_activation = "gelu";
  return a;
}

static Names names_of(const Architecture& a) {
  Names names;
  bert_embedding(names, a);
  if (a.embedding != a.hidden) names.linear("embeddings_project", "embedding.project", a.embedding, a.hidden);
  bert_layers(names, a);
  names.next_part();
  names.linear("discriminator_predictions.dense", "replaced.0", a.hidden, a.hidden);
  names.linear("discriminator_predictions.dense_prediction", "replaced.1", a.hidden, 1);
  language_head(names, a,
                {.dense = "generator_predictions.dense",
                 .norm = "generator_predictions.LayerNorm",
                 .bias = "generator_lm_head.bias",
                 .decoder = "generator_lm_head"},
                a.embedding);
  return names;
}

Family electra() { return {"electra", "electra.", architecture, names_of}; }

}  // namespace pfm::nlp
