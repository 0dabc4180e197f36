// GraphMAE (Hou et al. 2022, arXiv:2205.10803). Features of masked nodes are rebuilt from their surroundings: a learned
// token stands for them, their codes are set to 0 again before the decoder, and the error is the scaled cosine (eq.
// 1-3). Of many graphs nodes are masked batch by batch, encoder and decoder are GINs in which a node counts twice (the
// authors' self-loops), and a graph's row is read from the last layer; "batch" and "pooling" concern them alone.
// At the start a decoder of attention rebuilds nothing but its bias, 0, for a hidden node whose neighbours are hidden
// too. The direction of so short a row has gradients of 10^12 (losses.h), and Adam's second moment then keeps the bias
// of most features where the first steps left it, in the authors' program too. The figure needs this: a bias that
// learns rebuilds what is frequent, and without one nothing holds the codes' length against the decay.
#include <pfm/encoders/gat.h>
#include <pfm/encoders/readout.h>
#include <pfm/encoders/stack.h>
#include <pfm/nn/shape.h>
#include <pfm/nn/starts.h>
#include <pfm/selfsup/losses.h>
#include <pfm/selfsup/methods/methods.h>
#include <pfm/selfsup/whole_graphs.h>

#include <algorithm>
#include <cmath>
#include <string>

namespace pfm {

// The rows that are not hidden, ascending.
static std::vector<NodeId> seen_rows(const Batch& view) {
  std::vector<char> hidden(std::size_t(view.rows()));
  for (const NodeId v : view.hidden_nodes) hidden[std::size_t(v)] = 1;
  std::vector<NodeId> seen;
  for (NodeId v = 0; v < view.rows(); ++v)
    if (!hidden[std::size_t(v)]) seen.push_back(v);
  return seen;
}

// One graph with its hidden nodes first, as those whose rows a decoder of one layer has to compute.
static Batch hidden_first(const Batch& view, const std::vector<NodeId>& seen) {
  std::vector<NodeId> order = view.hidden_nodes;
  order.insert(order.end(), seen.begin(), seen.end());
  Batch batch = induced(view, order);
  batch.hops = {Offset(view.hidden_nodes.size()), view.rows()};
  return batch;
}

static EncoderDefaults encoder_defaults(bool many, double epsilon) {
  EncoderDefaults defaults{.kind = many ? "gin" : "gat",
                           .hidden = 512,
                           .layers = 2,
                           .activation = "prelu",
                           .dropout = 0.2,
                           .batch_norm = many,
                           .heads = 4,
                           .attention_dropout = 0.1};
  defaults.convolution.epsilon = epsilon;
  defaults.convolution.activation = "prelu";
  return defaults;
}

// Weights start as in the authors' program: of attention layers by start_normal() (from Glorot's start theirs, too,
// gives rows that are worse by two points and more after 200 epochs of Cora), others uniform; before BatchNorm a
// smaller start learns faster.
static void start_gin(const Params& p, Offset in, Offset hidden, Offset out) {
  start_uniform_weight(p / "first", in, hidden), start_uniform_weight(p / "second", hidden, out);
}

// Where encoder_from() refuses the sizes nothing is started.
static void start_encoder(const Params& p, Offset in, const Options& o, const EncoderDefaults& fallback) {
  const int hidden = o("hidden", int(fallback.hidden)), heads = o("heads", int(fallback.heads));
  const int layers = o("layers", int(fallback.layers)), out = o("out", 0), last = out > 0 ? out : hidden;
  const std::string kind = o("encoder", fallback.kind);
  if (hidden < 1 || heads < 1 || (kind == "gat" && (hidden % heads != 0 || last % heads != 0))) return;
  for (int l = 0; l < layers; ++l) {
    const Params layer = p / std::to_string(l);
    const Offset from = l == 0 ? in : hidden, to = l + 1 == layers ? last : hidden;
    if (kind == "gat") start_normal(layer, from, heads, to / heads);
    if (kind == "gin") start_gin(layer, from, to, to);
  }
}

static Training training_defaults(bool many) {
  if (many) return {.epochs = 60, .batch = 32, .lr = 1.5e-4};
  return {.epochs = 1500, .batch = 32, .lr = 0.001, .weight_decay = 2e-4, .schedule = "cosine"};
}

static Pretext masked_features(const Dataset& data, const Options& o, const Corruption* given) {
  const bool many = data.graphs() > 1;
  const Training training = training_options(o, training_defaults(many));
  const NodeFeatures features = features_from(o, data, many ? "given-or-degree" : "row");
  const auto subgraphs = many ? nullptr : subgraphs_from(o);
  const double rate = o("mask", 0.5), replace = o("replace", many ? 0 : 0.05);
  const auto gamma = Real(o("gamma", many ? 1.0 : 3.0));
  const std::string decoder_kind = o("decoder", many ? "gin" : "gat"), pooling = o("pooling", "mean");
  if (!(rate > 0 && rate < 1) || !(replace >= 0 && replace <= 1))
    throw Error(Fault::usage, "options mask: between 0 and 1; replace: from 0 to 1");
  if (pooling == "attention")
    throw Error(Fault::usage, "option pooling: expected sum, mean or max; attention would not be trained");
  const EncoderDefaults fallback = encoder_defaults(many, o("epsilon", many ? 1.0 : 0.0));
  Params p(o.rng);
  start_encoder(p / "encoder", features.data.all.x.cols(), o, fallback);
  const Encoder encoder = encoder_from(p / "encoder", features.data, o, fallback);
  const Readout pool = readout(pooling, p / "readout", encoder.width);
  const Offset columns = features.data.all.x.cols();
  StackSettings last{.kind = decoder_kind, .hidden = columns, .activate_last = false};
  last.convolution = fallback.convolution;
  last.convolution.mlp_hidden = encoder.width;
  last.dropout = Real(chance_from(o, "dropout", fallback.dropout));
  last.convolution.attention_dropout = Real(chance_from(o, "attention_dropout", fallback.attention_dropout));
  if (!many) need_features("graphmae", data);
  const Params first = p / "decoder" / "0";
  if (decoder_kind == "gat") start_normal(first, encoder.width, 1, columns);
  if (decoder_kind == "gin") start_gin(first, encoder.width, encoder.width, columns);
  const Encoder decoder = stack(p / "decoder", encoder.width, last);
  start_uniform_weight(p / "middle", encoder.width, encoder.width);
  const Linear middle(p / "middle", encoder.width, encoder.width, Linear::Bias::no);
  const Var token = p.constant("token", 1, columns, 0);
  const Corruption mask = given ? *given : mask_nodes(rate, replace);
  const bool all_rows = many || decoder_kind == "gin";  // whose BatchNorm is over all of them
  auto loss = [=](const Batch& b, Rng rng) {
    const Batch view = mask(b, rng.split(1));
    const auto zeros = std::size_t((1 - replace) * double(view.hidden_nodes.size()));
    const Input x(view.x, token, {view.hidden_nodes.begin(), view.hidden_nodes.begin() + std::ptrdiff_t(zeros)});
    const std::vector<NodeId> seen = seen_rows(view);
    const Var codes = middle(gather_rows(encoder.forward(view, x, rng.split(2)), seen));
    const Var wanted(b.x.gather(view.hidden_nodes).as_dense());
    if (all_rows) {
      const Var rebuilt = decoder.forward(view, scatter_rows(codes, seen, b.rows()), rng.split(3));
      return sce_loss(gather_rows(rebuilt, view.hidden_nodes), wanted, gamma);
    }
    const Var behind = concat_rows({Var(Matrix::zeros(Offset(view.hidden_nodes.size()), codes.cols())), codes});
    return sce_loss(decoder.forward(hidden_first(view, seen), behind, rng.split(3)), wanted, gamma);
  };
  Pretext pretext{.params = p,
                  .encoder = encoder,
                  .loss = loss,
                  .training = training,
                  .batches = subgraphs,
                  .prepare = features.prepare};
  if (!many) return pretext;
  pretext.encoder = pooled(encoder, pool);
  pretext.batches = [=](const Batch& all) { return sample_batches(all, training.batch); };
  return pretext;
}

Pretext masked_auto_encoder(const Dataset& data, const Options& o, const Corruption& mask) {
  return masked_features(data, o, &mask);
}

static Pretext make(const Dataset& data, const Options& o) { return masked_features(data, o, nullptr); }

Method graphmae() {
  const Options::Values citeseer{
      {"heads", "2"}, {"epochs", "300"}, {"weight_decay", "2e-5"}, {"replace", "0.1"}, {"gamma", "1"}};
  const Options::Values proteins{{"layers", "3"}, {"epochs", "100"}, {"pooling", "max"}};
  const Options::Values mutag{{"layers", "5"}, {"hidden", "32"},   {"epochs", "20"},
                              {"lr", "5e-4"},  {"mask", "0.75"},   {"replace", "0.1"},
                              {"gamma", "2"},  {"pooling", "sum"}, {"batch", "64"}};
  const Options::Values nci1{{"epochs", "300"}, {"lr", "1e-3"},  {"mask", "0.25"},      {"replace", "0.1"},
                             {"gamma", "2"},    {"batch", "16"}, {"schedule", "cosine"}};
  return {.id = "graphmae",
          .name = "GraphMAE",
          .make = make,
          .paper = "2205.10803",
          .presets =
              {{"cora", "public-l2@unscaled", {}, {84.2, 0.4, "GraphMAE paper, at the best validation step"}},
               {"citeseer", "public-l2@unscaled", citeseer, {73.4, 0.4, "GraphMAE paper, at the best validation step"}},
               {"imdb-binary", "svc10-gm", {}, {75.52, 0.66, "GraphMAE, table 2"}},
               {"proteins", "svc10-gm", proteins, {75.30, 0.39, "GraphMAE, table 2"}},
               {"mutag", "svc10-gm", mutag, {88.19, 1.26, "GraphMAE, table 2"}},
               {"nci1", "svc10-gm", nci1, {80.40, 0.30, "GraphMAE, table 2"}}},
          .about = "rebuilds the features of masked nodes from their surroundings"};
}

}  // namespace pfm
