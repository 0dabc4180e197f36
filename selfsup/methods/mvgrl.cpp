// MVGRL (Hassani & Khasahmadi 2020, arXiv:2006.05582). Two encoders, one along the edges, one along their diffusion by
// personalised PageRank: rows of either view must belong to the summary of the other, shuffled ones must not (eq. 3-5).
#include <pfm/nn/activations.h>
#include <pfm/nn/graph_ops.h>
#include <pfm/nn/layers.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/reductions.h>
#include <pfm/nn/shape.h>
#include <pfm/selfsup/discriminator.h>
#include <pfm/selfsup/losses.h>
#include <pfm/selfsup/methods/methods.h>

namespace pfm {

Pretext multi_view(const Dataset& data, const Options& o, const Corruption& corrupt) {
  const Training training = training_options(o, {.epochs = 3000, .patience = 20, .lr = 0.001});
  const auto prepare = prepare_from(o);
  const auto batches = subgraphs_from(o);
  const double alpha = o("alpha", 0.2);
  if (!(alpha > 0 && alpha <= 1)) throw Error(Fault::usage, "option alpha: above 0, at most 1");
  Params p(o.rng);
  const Encoder adjacent =
      encoder_from(p / "encoder", data, o, {.kind = "gcn", .hidden = 512, .layers = 1, .activation = "prelu"});
  const Params scope = p / "diffused";
  const Linear linear(scope, data.all.x.cols(), adjacent.width);
  const PRelu activate(scope);
  const auto diffused = [=](const Batch& b, const Input& x) {
    const Var rows = diffuse_pagerank(b.graph.propagation(), multiply(x, linear.weight), alpha);
    return activate(add_row(rows, linear.bias));
  };
  const SummaryDiscriminator belongs(p / "discriminator", adjacent.width);
  auto loss = [=](const Batch& b, Rng rng) {
    const Batch shuffled = corrupt(b, rng.split(1));
    const Var one = adjacent(b, rng.split(2)), two = diffused(b, b.x);
    const Var one_shuffled = adjacent(shuffled, rng.split(3)), two_shuffled = diffused(shuffled, shuffled.x);
    const Var summary_1 = sigmoid(mean_rows(one)), summary_2 = sigmoid(mean_rows(two));
    return dgi_loss(concat_rows({belongs(two, summary_1), belongs(one, summary_2)}),
                    concat_rows({belongs(two_shuffled, summary_1), belongs(one_shuffled, summary_2)}));
  };
  const auto forward = [=](const Batch& b, const Input& x, std::optional<Rng> rng) {
    return add(adjacent.forward(b, x, rng), diffused(b, x));
  };
  return {.params = p,
          .encoder = {forward, adjacent.width},
          .loss = loss,
          .training = training,
          .batches = batches,
          .prepare = prepare};
}

static Pretext make(const Dataset& data, const Options& o) { return multi_view(data, o, shuffle_rows()); }

Method mvgrl() {
  return {.id = "mvgrl",
          .name = "MVGRL",
          .make = make,
          .paper = "2006.05582",
          .presets = {{"cora", "public-l2", {}, {83.5, 0.4, "the authors' program on the whole graph, quoted by DGL"}}},
          .about = "rows of the graph and of its diffusion must belong to the other's summary"};
}

}  // namespace pfm
