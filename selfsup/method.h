// A method: a data set and options in, a pretext task out.
#pragma once
#include <pfm/encoders/convolutions.h>
#include <pfm/graph/dataset.h>
#include <pfm/sampling/mini_batches.h>
#include <pfm/selfsup/code_length.h>
#include <pfm/selfsup/options.h>

#include <type_traits>

namespace pfm {

// How the loop trains: read by training_options() from a method's options.
struct Training {
  int epochs = 200;
  int batch = 0;     // items (nodes, graphs, pairs) of a mini-batch; 0: the method has none, an epoch is one step
  int patience = 0;  // stop after so many epochs without a new minimum of what is watched, restore the best; 0 = off
  // What: the loss, or of the protocol's validation part "validation-loss" or "validation-accuracy", whose best weights
  // are restored without patience too.
  std::string watch = "loss";
  std::string optimiser = "adam";
  double lr = 0.001, weight_decay = 0, clip = 0;  // clip: largest norm of all gradients together; 0 = off
  std::string schedule = "constant";
  int warmup = 0;  // epochs
};

// A data set's rows as training and the encoder get them, made once. Most methods need no more than its batch; those of
// texts make tokens.
class Preparation {
 public:
  Preparation() : Preparation([](const Batch& all) { return all; }) {}
  template <class Make>
  Preparation(Make make) {  // NOLINT: of Batch(const Batch&) or Batch(const Dataset&)
    if constexpr (std::is_invocable_v<Make, const Dataset&>)
      rows_ = std::move(make);
    else
      rows_ = [make = std::move(make)](const Dataset& data) { return make(data.all); };
  }
  Batch operator()(const Dataset& data) const { return rows_(data); }

 private:
  std::function<Batch(const Dataset&)> rows_;
};

// Everything that changes during training is a named entry of `params`; closures hold nothing that changes.
struct Pretext {
  Params params;
  Encoder encoder;
  std::function<Var(const Batch& batch, Rng rng)> loss;
  // Instead of a loss: a whole step of its own, that changes `params` and gives the loss. Neither: a closed form.
  std::function<double(const Batch& batch, std::int64_t step, Rng rng)> step = {};
  bool trains() const { return loss || step; }
  Training training;
  // How an epoch is cut into mini-batches; none: all rows, once an epoch. Asked once, with the prepared rows, for what
  // loss() or step() then gets a batch at a time: chosen graphs, sampled neighbourhoods (their seeds are the first
  // rows), the ends of chosen edges. What the loss must know of a batch beside its rows stands in hidden_nodes and
  // hidden_edges, or in `made` (with_made). Most methods say
  //   training_options(o, {.epochs = .., .batch = 512}),
  //   in_random_order(items, training.batch, [=](std::span<const Item> chosen, const Rng& rng) { return .. Batch; })
  std::function<MiniBatches(const Batch& all)> batches = {};
  Preparation prepare = {};
  std::function<void(std::int64_t step, Rng rng)> after_step = {};  // averages, queues, re-clustering
  // [pairs, 1] from the encoder's rows [N, width], where the method has its own scores
  std::function<Matrix(const Matrix& rows, std::span<const Edge> pairs)> pair_scores = {};
  std::function<Matrix(const Batch& batch)> class_scores = {};  // [items, classes], likewise
  TextLikelihood code_length = {};                              // where it tells how likely texts are
  TextScores own_scores = {};  // where it measures its own tasks: of texts, or of none for those of graphs
};

struct Published {
  double value = 0, deviation = 0;
  std::string source;  // empty: nothing was published
};

// The paper's settings for one data set.
struct Preset {
  std::string data, protocol;
  Options::Values options;
  Published published;
};

struct Method {
  std::string id, name;
  Pretext (*make)(const Dataset& data, const Options& options);
  std::string paper;  // arXiv number or venue
  std::vector<Preset> presets;
  std::string about;  // one line
  // The method without what it adds, where protocols compare with that: run with the values of the options both ask.
  Method (*baseline)() = nullptr;
  const char* protocol = nullptr;  // for texts without labels; null: the usual one
};

// Asks "epochs", "batch" where the method has one, "patience", "optimiser", "lr", "weight_decay", "clip", "schedule",
// "warmup".
Training training_options(const Options& options, Training fallback);

// Error(input) where nodes have no features of their own, which `who` learns to rebuild.
void need_features(const char* who, const Dataset& data);

// Asks "watch".
std::string watch_from(const Options& options, const char* fallback);

// Asks "features": row = rows of X divided by their sum, or as-given.
std::function<Batch(const Batch&)> prepare_from(const Options& options, const char* fallback = "row");

// For losses that are functions of the batch they get: asks "sampler" = whole (none: an epoch is one step over the
// whole graph), cluster (METIS cuts it into "parts", a step takes "together" of them: sampling/cluster_batches.h) or
// saint
// ("parts" steps an epoch, each over the nodes on short random walks: sampling/saint.h).
std::function<MiniBatches(const Batch& all)> subgraphs_from(const Options& options);

// Scores of pairs: the dot product of their rows [N, d].
Matrix dot_scores(const Matrix& rows, std::span<const Edge> pairs);

// A method that computes its rows [N, d] and trains nothing: a look-up in the table "encoder.table".
Pretext closed_form(Matrix rows);

struct EncoderDefaults {
  const char* kind;
  int hidden, layers;
  const char* activation = "relu";
  double dropout = 0;
  int out = 0;  // columns of the last layer; 0 = hidden
  bool batch_norm = false, all_layers = false;
  int heads = 1;
  double attention_dropout = 0;
  bool norm_last = false;             // not asked: BatchNorm behind the activation
  ConvolutionSettings convolution{};  // not asked, but heads and attention_dropout
};

// Asks "encoder", "hidden", "out", "layers", "activation", "dropout", "batch_norm", "all_layers", "heads",
// "attention_dropout".
Encoder encoder_from(const Params& p, const Dataset& data, const Options& options, EncoderDefaults fallback);

// The visible list of graph methods (selfsup/methods/methods.cpp).
const std::vector<Method>& graph_methods();

}  // namespace pfm
