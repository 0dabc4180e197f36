// GraphMAE (Hou et al. 2022, arXiv:2205.10803). Features of masked nodes are rebuilt from their surroundings: a learned
// token stands for them, their codes are set to 0 again before the decoder, and the error is the scaled cosine (eq.
// 1-3). Of the token the same entries fall out at all nodes in an epoch, where the authors draw them node by node.
#include <pfm/encoders/stack.h>
#include <pfm/nn/shape.h>
#include <pfm/selfsup/losses.h>
#include <pfm/selfsup/methods/methods.h>

#include <algorithm>

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

static Pretext masked_features(const Dataset& data, const Options& o, const Corruption* given) {
  const Training training =
      training_options(o, {.epochs = 1500, .lr = 0.001, .weight_decay = 2e-4, .schedule = "cosine"});
  const auto prepare = prepare_from(o);
  const auto batches = subgraphs_from(o);
  const double rate = o("mask", 0.5), replace = o("replace", 0.05);
  const auto gamma = Real(o("gamma", 3.0));
  const std::string decoder_kind = o("decoder", "gat");
  const EncoderDefaults fallback{.kind = "gat",
                                 .hidden = 512,
                                 .layers = 2,
                                 .activation = "prelu",
                                 .dropout = 0.2,
                                 .heads = 4,
                                 .attention_dropout = 0.1};
  Params p(o.rng);
  const Encoder encoder = encoder_from(p / "encoder", data, o, fallback);
  const Offset columns = data.all.x.cols();
  StackSettings last{.kind = decoder_kind, .hidden = columns, .activate_last = false};
  last.dropout = Real(o("dropout", fallback.dropout));
  last.convolution.attention_dropout = Real(o("attention_dropout", fallback.attention_dropout));
  const Encoder decoder = stack(p / "decoder", encoder.width, last);
  const Linear middle(p / "middle", encoder.width, encoder.width, Linear::Bias::no);
  const Var token = p.constant("token", 1, columns, 0);
  const Corruption mask = given ? *given : mask_nodes(rate, replace);
  auto loss = [=](const Batch& b, Rng rng) {
    const Batch view = mask(b, rng.split(1));
    const auto zeros = std::size_t((1 - replace) * double(view.hidden_nodes.size()));
    const Input x(view.x, token, {view.hidden_nodes.begin(), view.hidden_nodes.begin() + std::ptrdiff_t(zeros)});
    const std::vector<NodeId> seen = seen_rows(view);
    const Var codes = middle(gather_rows(encoder.forward(view, x, rng.split(2)), seen));
    const Var rebuilt = decoder.forward(view, scatter_rows(codes, seen, b.rows()), rng.split(3));
    return sce_loss(gather_rows(rebuilt, view.hidden_nodes), Var(b.x.gather(view.hidden_nodes).as_dense()), gamma);
  };
  return {.params = p, .encoder = encoder, .loss = loss, .training = training, .batches = batches, .prepare = prepare};
}

Pretext masked_auto_encoder(const Dataset& data, const Options& o, const Corruption& mask) {
  return masked_features(data, o, &mask);
}

static Pretext make(const Dataset& data, const Options& o) { return masked_features(data, o, nullptr); }

Method graphmae() {
  const Options::Values citeseer{
      {"heads", "2"}, {"epochs", "300"}, {"weight_decay", "2e-5"}, {"replace", "0.1"}, {"gamma", "1"}};
  return {.id = "graphmae",
          .name = "GraphMAE",
          .make = make,
          .paper = "2205.10803",
          .presets = {{"cora", "public-l2", {}, {84.2, 0.4, "GraphMAE paper, at the best validation step"}},
                      {"citeseer", "public-l2", citeseer, {73.4, 0.4, "GraphMAE paper, at the best validation step"}}},
          .about = "rebuilds the features of masked nodes from their surroundings"};
}

}  // namespace pfm
