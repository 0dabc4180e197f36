// MaskGAE (Li et al. 2023, arXiv:2205.10053). Edges along random walks are hidden; rows of the graph that is left must
// tell them from pairs that are no edges, and how many each node lost (eq. 5-7).
#include <pfm/nn/activations.h>
#include <pfm/nn/layers.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/pair_ops.h>
#include <pfm/nn/reductions.h>
#include <pfm/nn/shape.h>
#include <pfm/sampling/negatives.h>
#include <pfm/selfsup/losses.h>
#include <pfm/selfsup/methods/methods.h>

namespace pfm {
namespace {

// Linear, relu, dropout, Linear to one number.
struct Decoder {
  Decoder(const Params& p, Offset in, Offset hidden, Real rate)
      : first(p / "0", in, hidden), last(p / "1", hidden, 1), drop{rate} {}
  Var operator()(const Var& x, const std::optional<Rng>& rng) const { return last(drop(relu(first(x)), rng)); }
  Linear first, last;
  Dropout drop;
};

// How many hidden entries end in each node.
Var lost_degrees(const Batch& view) {
  Matrix lost = Matrix::zeros(view.rows(), 1);
  for (const Edge& e : view.hidden_edges) lost(e.target, 0) += 1;
  return Var(std::move(lost));
}

Corruption mask_from(const Options& o) {
  const std::string mask = o("mask", "path"), unit = o("mask_unit", "directed"), start = o("path_start", "entry");
  const double rate = o("mask_rate", 0.7);
  const int steps = o("path_steps", 2);
  if (!(rate > 0 && rate <= 1) || steps < 1)
    throw Error(Fault::usage, "options mask_rate: above 0, at most 1; path_steps: at least 1");
  if (mask != "path" && mask != "edge")
    throw Error(Fault::usage, "option mask: expected path or edge, got \"" + mask + "\"");
  if (unit != "directed" && unit != "pair")
    throw Error(Fault::usage, "option mask_unit: expected directed or pair, got \"" + unit + "\"");
  if (start != "entry" && start != "node")
    throw Error(Fault::usage, "option path_start: expected entry or node, got \"" + start + "\"");
  if (mask == "path") return hide_paths(rate, steps, start == "entry" ? PathStart::entry : PathStart::node);
  return unit == "pair" ? hide_pairs(rate) : hide_edges(rate);
}

void need_pairs(const char* who, const Dataset& data) {
  const auto n = Offset(data.nodes()), edges = data.all.graph.edges();
  if (edges > 0 && edges < n * (n - 1)) return;
  throw Error(Fault::input, data.name + ": " + who + " tells edges from pairs that are none, and needs both");
}

Pretext make(const Dataset& data, const Options& o) {
  return masked_edges(data, o, mask_from(o), [](const Graph& graph, std::size_t count, Rng rng) {
    return negative_pairs(graph, Offset(count), rng);
  });
}

}  // namespace

Pretext masked_edges(const Dataset& data, const Options& o, const Corruption& mask, const Negatives& negatives) {
  const Training training = training_options(o, {.epochs = 500, .lr = 0.01, .weight_decay = 5e-5, .clip = 1});
  const auto prepare = prepare_from(o, "as-given");
  const auto batches = subgraphs_from(o);
  const auto alpha = Real(o("alpha", 0.003)), dropout = Real(chance_from(o, "decoder_dropout", 0.2));
  const int width = o("decoder_hidden", 64);
  if (width < 1) throw Error(Fault::usage, "option decoder_hidden: at least 1");
  Params p(o.rng);
  const EncoderDefaults fallback{.kind = "gcn",
                                 .hidden = 128,
                                 .layers = 1,
                                 .activation = "elu",
                                 .dropout = 0.8,
                                 .batch_norm = true,
                                 .all_layers = true};
  const Encoder encoder = encoder_from(p / "encoder", data, o, fallback);
  const int out = o("out", fallback.out), last = out > 0 ? out : o("hidden", fallback.hidden);
  need_pairs("maskgae", data);
  const Decoder link(p / "link", last, width, dropout), degree(p / "degree", last, width, dropout);
  // The decoders read the last layer's rows, the embedding is of all layers.
  const auto last_layer = [=](const Var& rows) { return slice_columns(rows, rows.cols() - last, rows.cols()); };
  auto loss = [=](const Batch& b, Rng rng) {
    const Batch view = mask(b, rng.split(1));
    const Var h = last_layer(encoder(view, rng.split(2)));
    const auto degrees = [&] {
      return scale(mean(square(subtract(relu(degree(h, rng.split(6))), lost_degrees(view)))), alpha);
    };
    if (view.hidden_edges.empty()) return degrees();  // a part of the graph without edges
    const std::vector<Edge> others = negatives(b.graph, view.hidden_edges.size(), rng.split(3));
    const Var links = logistic_loss(link(pair_products(h, view.hidden_edges), rng.split(4)),
                                    link(pair_products(h, others), rng.split(5)));
    return add(links, degrees());
  };
  const auto scores = [=](const Matrix& rows, std::span<const Edge> pairs) {
    return link(pair_products(last_layer(Var(rows.clone())), pairs), {}).value().clone();
  };
  return {.params = p,
          .encoder = encoder,
          .loss = loss,
          .training = training,
          .batches = batches,
          .prepare = prepare,
          .pair_scores = scores};
}

Method maskgae() {
  const Options::Values nodes{{"layers", "2"},          {"out", "64"},     {"path_start", "node"}, {"path_steps", "3"},
                              {"decoder_hidden", "32"}, {"alpha", "0.004"}};
  Options::Values citeseer = nodes;
  citeseer["alpha"] = "0.001", citeseer["lr"] = "0.02";
  return {.id = "maskgae",
          .name = "MaskGAE",
          .make = make,
          .paper = "2205.10053",
          .presets = {{"cora", "link-85-5-10", {}, {96.45, 0.18, "MaskGAE paper"}},
                      {"citeseer", "link-85-5-10", {}, {97.87, 0.22, "MaskGAE paper"}},
                      {"cora", "public-l2", nodes, {84.30, 0.39, "MaskGAE paper, at the best validation step"}},
                      {"citeseer", "public-l2", citeseer, {73.80, 0.81, "MaskGAE paper, at the best validation step"}}},
          .about = "tells edges hidden along random walks from pairs that are none"};
}

}  // namespace pfm
