// MVGRL (Hassani & Khasahmadi 2020, arXiv:2006.05582). Two GCNs, one along the edges, one along their diffusion by
// personalised PageRank: rows of either view must belong to the summary of the other, those of another graph must not
// (eq. 3-5). Of one graph the other one has its rows shuffled; of many graphs it is any other of the batch, several
// layers are summed up side by side, and perceptrons stand between GCNs and scores. The authors' program for many
// graphs does not hand its GCNs to the optimiser, so that only the perceptrons learn: encoder=random.
#include <pfm/encoders/readout.h>
#include <pfm/encoders/stack.h>
#include <pfm/nn/activations.h>
#include <pfm/nn/graph_ops.h>
#include <pfm/nn/layers.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/reductions.h>
#include <pfm/nn/shape.h>
#include <pfm/nn/starts.h>
#include <pfm/selfsup/discriminator.h>
#include <pfm/selfsup/losses.h>
#include <pfm/selfsup/methods/methods.h>
#include <pfm/selfsup/whole_graphs.h>

namespace pfm {
namespace {

// The rows of all layers along the diffusion side by side.
Encoder diffused_layers(const Params& p, Offset in, Offset hidden, int layers, double alpha) {
  std::vector<Linear> linear;
  std::vector<PRelu> activate;
  for (int l = 0; l < layers; ++l) {
    const Params here = p / std::to_string(l);
    linear.emplace_back(here, l == 0 ? in : hidden, hidden), activate.emplace_back(here);
  }
  const auto forward = [=](const Batch& b, const Input& x, std::optional<Rng>) {
    std::vector<Var> rows;
    for (std::size_t l = 0; l < linear.size(); ++l) {
      const Var product = multiply(l == 0 ? x : Input(rows.back()), linear[l].weight);
      rows.push_back(activate[l](add_row(diffuse_pagerank(b.graph.propagation(), product, alpha), linear[l].bias)));
    }
    return concat_columns(rows);
  };
  return {forward, int(hidden) * layers};
}

struct Views {
  Encoder adjacent, diffused;  // the rows of all layers side by side
  int hidden;                  // columns of a layer
  bool learned;                // else its weights stay as they start
  Var rows(const Encoder& encoder, const Batch& b) const {
    if (learned) return encoder(b);
    const NoGradient constant;
    return encoder(b);
  }
};

Pretext of_one_graph(const Params& p, const Views& views, const Training& training, const Corruption& corrupt) {
  const SummaryDiscriminator belongs(p / "discriminator", views.adjacent.width);
  auto loss = [=](const Batch& b, Rng rng) {
    const Batch shuffled = corrupt(b, rng.split(1));
    const Var one = views.rows(views.adjacent, b), two = views.rows(views.diffused, b);
    const Var one_shuffled = views.rows(views.adjacent, shuffled);
    const Var two_shuffled = views.rows(views.diffused, shuffled);
    const Var summary_1 = sigmoid(mean_rows(one)), summary_2 = sigmoid(mean_rows(two));
    return dgi_loss(concat_rows({belongs(two, summary_1), belongs(one, summary_2)}),
                    concat_rows({belongs(two_shuffled, summary_1), belongs(one_shuffled, summary_2)}));
  };
  const auto forward = [=](const Batch& b, const Input& x, std::optional<Rng> rng) {
    return add(views.adjacent.forward(b, x, rng), views.diffused.forward(b, x, rng));
  };
  return {.params = p, .encoder = {forward, views.adjacent.width}, .loss = loss, .training = training};
}

// The perceptrons of the authors' program are PyTorch's Linear layers.
void start_perceptron(const Params& p, Offset in, Offset out) {
  for (const auto& [name, from] : {std::pair("0", in), {"1", out}, {"2", out}, {"shortcut", in}})
    start_uniform(p / name, from, out);
}

Pretext of_many_graphs(const Params& p, const Views& views, const Training& training) {
  const int hidden = views.hidden;
  start_perceptron(p / "node", hidden, hidden), start_perceptron(p / "graph", views.adjacent.width, hidden);
  const ShortcutMlp of_node(p / "node", hidden, hidden, "prelu"),
      of_graph(p / "graph", views.adjacent.width, hidden, "prelu");
  const auto last_layer = [=](const Var& rows) { return slice_columns(rows, rows.cols() - hidden, rows.cols()); };
  auto loss = [=](const Batch& b, Rng) {
    const Var one = views.rows(views.adjacent, b), two = views.rows(views.diffused, b);
    const Var graphs_1 = of_graph(sum_readout(b, one)), graphs_2 = of_graph(sum_readout(b, two));
    return add(jsd_loss(of_node(last_layer(one)), graphs_2, b.segments),
               jsd_loss(of_node(last_layer(two)), graphs_1, b.segments));
  };
  const auto forward = [=](const Batch& b, const Input& x, std::optional<Rng> rng) {
    return add(of_graph(sum_readout(b, views.adjacent.forward(b, x, rng))),
               of_graph(sum_readout(b, views.diffused.forward(b, x, rng))));
  };
  return {
      .params = p, .encoder = {forward, hidden}, .loss = loss, .training = training, .batches = [=](const Batch& all) {
        return sample_batches(all, training.batch);
      }};
}

}  // namespace

Pretext multi_view(const Dataset& data, const Options& o, const Corruption& corrupt) {
  const bool many = data.graphs() > 1;
  const Training training =
      training_options(o, {.epochs = many ? 20 : 3000, .batch = 64, .patience = many ? 0 : 20, .lr = 0.001});
  const NodeFeatures features = features_from(o, data, many ? "given-or-degree" : "row");
  const auto subgraphs = many ? nullptr : subgraphs_from(o);
  const double alpha = o("alpha", 0.2);
  const std::string encoder = o("encoder", "trained");
  const int hidden = o("hidden", 512), layers = o("layers", many ? 4 : 1);
  if (!(alpha > 0 && alpha <= 1)) throw Error(Fault::usage, "option alpha: above 0, at most 1");
  if (encoder != "trained" && encoder != "random")
    throw Error(Fault::usage, "option encoder: expected trained or random, got \"" + encoder + "\"");
  if (hidden < 1 || layers < 1) throw Error(Fault::usage, "options hidden and layers: at least 1");
  const Params p(o.rng);
  const Offset in = features.data.all.x.cols();
  const Views views{stack(p / "encoder", in, {.kind = "gcn", .hidden = hidden, .layers = layers, .all_layers = true}),
                    diffused_layers(p / "diffused", in, hidden, layers, alpha), hidden, encoder == "trained"};
  if (!views.learned) p.freeze("encoder"), p.freeze("diffused");
  Pretext pretext = many ? of_many_graphs(p, views, training) : of_one_graph(p, views, training, corrupt);
  pretext.prepare = features.prepare;
  if (!many) pretext.batches = subgraphs;
  return pretext;
}

static Pretext make(const Dataset& data, const Options& o) { return multi_view(data, o, shuffle_rows()); }

Method mvgrl() {
  // DGL's width; after 512 columns as in the authors' program the perceptrons' rows are worse than before they learn.
  const Options::Values random{{"encoder", "random"}, {"features", "both"}, {"hidden", "32"}};
  return {.id = "mvgrl",
          .name = "MVGRL",
          .make = make,
          .paper = "2006.05582",
          .presets = {{"cora", "public-l2", {}, {83.5, 0.4, "the authors' program on the whole graph, quoted by DGL"}},
                      {"mutag", "svc10-linear", random, {89.7, 1.1, "MVGRL, table 3"}},
                      {"imdb-binary", "svc10-linear", {{"encoder", "random"}}, {74.2, 0.7, "MVGRL, table 3"}}},
          .about = "rows of the graph and of its diffusion must belong to the other's summary"};
}

}  // namespace pfm
