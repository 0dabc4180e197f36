// GraphCL (You et al. 2020, arXiv:2010.13902). A graph must recognise its augmented view among those of the other
// graphs of the batch (eq. 3, without the partner in the sum). As in the authors' program one view is the graph itself,
// nodes count twice in their layers' sums (self-loops), and edge perturbation only removes edges; unlike there
// subgraphs keep growing over the nodes that they reach.
#include <pfm/encoders/readout.h>
#include <pfm/nn/activations.h>
#include <pfm/nn/shape.h>
#include <pfm/selfsup/augmentations.h>
#include <pfm/selfsup/losses.h>
#include <pfm/selfsup/methods/methods.h>
#include <pfm/selfsup/whole_graphs.h>

namespace pfm {
namespace {

Corruption augmentation_from(const Options& o) {
  const std::string kind = o("augment", "random4");
  const double ratio = chance_from(o, "ratio", 0.2);
  const Corruption nodes = drop_nodes(ratio), edges = remove_pairs(ratio), rows = noise_rows(ratio),
                   subgraph = grow_subgraphs(ratio);
  if (kind == "nodes") return nodes;
  if (kind == "edges") return edges;
  if (kind == "attributes") return rows;
  if (kind == "subgraph") return subgraph;
  if (kind == "random2") return one_of({nodes, subgraph});
  if (kind == "random3") return one_of({nodes, subgraph, edges});
  if (kind == "random4") return one_of({nodes, subgraph, edges, rows});
  throw Error(
      Fault::usage,
      "option augment: expected nodes, edges, attributes, subgraph, random2 (nodes or subgraph), random3 (edges "
      "too) or random4 (all), got \"" +
          kind + "\"");
}

Batch unchanged(const Batch& batch, Rng) { return batch; }

Pretext make(const Dataset& data, const Options& o) { return graph_contrast(data, o, unchanged, augmentation_from(o)); }

struct View {
  Batch batch;
  std::optional<Alike> kinds;  // where they save work
};
struct Views {
  View first, second;
  std::optional<Alike> both;  // the kinds of both, where both have some
};

}  // namespace

Pretext graph_contrast(const Dataset& data, const Options& o, const Corruption& one, const Corruption& two) {
  const Training training = training_options(o, {.epochs = 20, .batch = 128, .lr = 0.01});
  const NodeFeatures features = features_from(o, data, "given-or-ones");
  const auto tau = Real(o("tau", 0.2));
  if (!(tau > 0)) throw Error(Fault::usage, "option tau: above 0");
  Params p(o.rng);
  EncoderDefaults gin = summed_gin(3);
  gin.convolution.epsilon = o("epsilon", 1.0);
  const Encoder nodes = encoder_from(p / "encoder", features.data, o, gin);
  const SummedLayers graphs(nodes, o("layers", gin.layers));
  const Encoder each = pooled_by_layer(nodes, sum_readout);
  const Mlp head(p / "head", {nodes.width, nodes.width, nodes.width}, relu);
  need_graphs(data, "graphcl");
  const auto views_of = [=](const Batch& b, const Rng& rng) {
    const auto view = [&](Batch changed) {
      std::optional<Alike> kinds = graphs.alike(changed);
      return View{std::move(changed), std::move(kinds)};
    };
    Views views{view(one(b, rng.split(1))), view(two(b, rng.split(2))), {}};
    if (views.first.kinds && views.second.kinds) views.both = joined(*views.first.kinds, *views.second.kinds);
    return views;
  };
  const auto embedded = [=](const View& view, const Rng& rng) {
    return head(view.kinds ? graphs(*view.kinds, true) : each(view.batch, rng));
  };
  auto loss = [=](const Batch& b, Rng rng) {
    std::optional<Views> now;
    const Views* ahead = std::any_cast<Views>(&b.made);
    const Views& views = ahead ? *ahead : now.emplace(views_of(b, rng));
    Var u, v;
    if (views.both) {
      const Var both = head(graphs(*views.both, true));
      const Offset samples = both.rows() / 2;
      u = slice_rows(both, 0, samples), v = slice_rows(both, samples, 2 * samples);
    } else {
      u = embedded(views.first, rng.split(3)), v = embedded(views.second, rng.split(4));
    }
    return info_nce_across(u, v, tau, Own::out);
  };
  return {.params = p,
          .encoder = graphs.encoder(),
          .loss = loss,
          .training = training,
          .batches = [=](const Batch& all) { return with_made(sample_batches(all, training.batch), views_of); },
          .prepare = features.prepare};
}

Method graphcl() {
  return {
      .id = "graphcl",
      .name = "GraphCL",
      .make = make,
      .paper = "2010.13902",
      .presets =
          {{"mutag", "svc10", {{"augment", "random2"}}, {86.80, 1.34, "GraphCL, table 3, best of several epochs"}},
           {"imdb-binary",
            "svc10",
            {{"augment", "random2"}},
            {71.14, 0.44, "GraphCL, table 3, best of several epochs"}},
           {"proteins", "svc10", {{"augment", "random2"}}, {74.39, 0.45, "GraphCL, table 3, best of several epochs"}},
           {"nci1", "svc10", {{"augment", "random2"}}, {77.87, 0.41, "GraphCL, table 3, best of several epochs"}},
           {"reddit-binary",
            "svc10",
            {{"augment", "random2"}},
            {89.53, 0.84, "GraphCL, table 3, best of several epochs"}}},
      .about = "a graph must recognise its augmented view among other graphs"};
}

}  // namespace pfm
