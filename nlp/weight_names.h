// What the tensors of other projects' models are called here. Ours, all weights [in, out], biases and norms [1, out]:
//   embedding.{tokens,positions,segments}.weight, embedding.norm.{scale,shift}, embedding.project.{weight,bias};
//   layers.I.attention.{query,key,value,output}.{weight,bias}, layers.I.attention_norm.{scale,shift},
//   layers.I.feed_forward.{0,1}.{weight,bias}, layers.I.feed_forward_norm.{scale,shift};
//   of attention by distances no biases, but layers.I.attention.{distance.weight,content_bias,distance_bias,part_bias,
//   parts} and query_start;
//   norm.{scale,shift}, decoder.{embedding,layers} alike, with layers.I.cross_attention, relative_bias.weight [buckets,
//   heads], pooler.{weight,bias};
// and heads: lm.{weight,bias}, lm.norm.{scale,shift}, lm.output_bias; next_sentence, sentence_order .{weight,bias};
//   replaced.{0,1}.{weight,bias}. The language model's last product is with embedding.tokens.weight.
#pragma once
#include <pfm/nlp/architecture.h>
#include <pfm/nlp/config_file.h>

#include <span>

namespace pfm::nlp {

struct TensorName {
  std::string theirs, ours;
  Offset rows, cols;                        // of ours
  bool transposed = false;                  // theirs is [out, in]
  bool vector = false;                      // theirs has one axis
  Offset first_column = 0, of_columns = 0;  // ours is a part of theirs, which has so many columns; 0: all of it
  std::vector<Offset> axes = {};            // theirs has these; their numbers in order are those of two axes
  int part = 0;                             // 0 = must be there; others are there with all of their tensors or none
};

// A table of names while it is written down.
class Names {
 public:
  void next_part() { ++part_; }  // what follows is a head of its own, or the pooler
  void table(const std::string& theirs, const std::string& ours, Offset rows, Offset cols);
  void vector(const std::string& theirs, const std::string& ours, Offset width);           // [width], ours [1, width]
  void linear(const std::string& theirs, const std::string& ours, Offset in, Offset out);  // .weight [out, in], .bias
  void norm(const std::string& theirs, const std::string& ours, Offset width);             // .weight, .bias
  void conv1d(const std::string& theirs, const std::string& ours, Offset in, Offset out);  // .weight [in, out], .bias
  // A matrix of ours, [rows, cols], which they store with other axes.
  void by_heads(const std::string& theirs, const std::string& ours, Offset rows, Offset cols, std::vector<Offset> axes);
  // One such map whose columns are several of ours side by side.
  void fused(const std::string& theirs, std::span<const std::string> ours, Offset in, Offset out_each);
  void tied(const std::string& theirs, const std::string& ours) { copies.push_back({theirs, ours}); }

  struct Copy {
    std::string theirs, ours;
  };
  std::vector<TensorName> tensors;
  std::vector<Copy> copies;          // may be there, and then must hold the same as (theirs by name) another
  std::vector<std::string> buffers;  // endings of names that are no weights and are passed over

 private:
  int part_ = 0;
};

// A kind of model.
struct Family {
  const char* id;      // model_type
  const char* prefix;  // that may stand before the encoder's names
  Architecture (*architecture)(const ConfigFile& config);
  Names (*names)(const Architecture& a);
};
std::span<const Family> families();  // the visible list

// The activation at `key` by the name that encoders/activation.h has for it; one it has not: Error(Fault::input).
std::string activation_at(const ConfigFile& config, const char* key, const std::string& otherwise);

// What a family calls the parts of a layer, behind the layer's own name.
struct LayerNames {
  const char *query, *key, *value, *output, *attention_norm;
  const char *first, *second, *feed_forward_norm;  // of the feed-forward network
};
void layer(Names& names, const Architecture& a, Offset i, const std::string& theirs, const LayerNames& parts);

// The language model's head, all but the decoder, whose weights are the tokens' table. A head of its own.
struct HeadNames {
  const char *dense, *norm, *bias, *decoder;
};
void language_head(Names& names, const Architecture& a, const HeadNames& parts, Offset width);

// What families share: the architecture by BERT's keys, and BERT's tables, layers and heads.
Architecture bert_architecture(const ConfigFile& config);
void bert_embedding(Names& names, const Architecture& a);
void bert_layers(Names& names, const Architecture& a);
void bert_pooler(Names& names, const Architecture& a);
void roberta_head(Names& names, const Architecture& a);
void gpt_layers(Names& names, const Architecture& a);

Family bert();
Family roberta();
Family distilbert();
Family albert();
Family bart();
Family electra();
Family mpnet();
Family gpt2();
Family openai_gpt();
Family xlnet();

}  // namespace pfm::nlp
