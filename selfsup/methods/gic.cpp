// Graph InfoClust (Mavromatis & Karypis 2021, arXiv:2009.06946). DGI, and beside the graph's summary one for every
// node: of the clusters it belongs to, found by a soft k-means that gradients flow through (eq. 3-7).
#include <pfm/nn/activations.h>
#include <pfm/nn/norms.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/products.h>
#include <pfm/nn/reductions.h>
#include <pfm/selfsup/discriminator.h>
#include <pfm/selfsup/losses.h>
#include <pfm/selfsup/methods/methods.h>

namespace pfm {
namespace {

// How much each row belongs to each centre, by cosine.  h [n, d] unit rows, centres [K, d] -> [n, K]
Var memberships(const Var& h, const Var& centres, Real sharpness) {
  return softmax(scale(multiply_transposed(h, l2_normalise(centres)), sharpness));
}

// The means of the rows by membership.  h [n, d], r [n, K] -> [K, d]
Var means(const Var& h, const Var& r) {
  const Var sizes = transposed_multiply(r, Var(Matrix::filled(h.rows(), 1, 1)));
  return multiply_column(transposed_multiply(r, h), power(add_scalar(sizes, Real(1e-12)), -1));
}

// Ten steps of soft k-means from `start` that gradients do not see, then memberships and means that they do; of each
// node the mean of its centres.
Var cluster_summaries(const Var& rows, const Matrix& start, Real sharpness) {
  const Var h = l2_normalise(rows), fixed = h.detached();
  Var centres(start.clone());
  for (int step = 0; step < 10; ++step) centres = means(fixed, memberships(fixed, centres, sharpness));
  const Var r = memberships(h, centres, sharpness);
  return sigmoid(multiply(r, means(h, r)));
}

Pretext make(const Dataset& data, const Options& o) {
  const Training training = training_options(o, {.epochs = 2000, .patience = 50, .lr = 0.001});
  const auto prepare = prepare_from(o);
  const auto batches = subgraphs_from(o);
  const int clusters = o("clusters", 128);
  const auto sharpness = Real(o("beta", 100.0)), alpha = Real(o("alpha", 0.5));
  if (clusters < 1) throw Error(Fault::usage, "option clusters: at least 1");
  Params p(o.rng);
  const Encoder encoder =
      encoder_from(p / "encoder", data, o, {.kind = "gcn", .hidden = 16, .layers = 1, .activation = "prelu"});
  const SummaryDiscriminator belongs(p / "discriminator", encoder.width);
  const Var start = p.state("centres", clusters, encoder.width);  // uniform in [0, 1), the same in every epoch
  const Rng draws = o.rng.split("centres");
  for (Offset i = 0; i < start.value().size(); ++i)
    Var(start).value().data()[i] = Real(draws.uniform(std::uint64_t(i)));
  auto loss = [=](const Batch& b, Rng rng) {
    const Var h = encoder(b, rng.split(1)), shuffled = encoder(shuffle_rows()(b, rng.split(2)), rng.split(3));
    const Var summary = sigmoid(mean_rows(h)), own = cluster_summaries(h, start.value(), sharpness);
    const Var graph = dgi_loss(belongs(h, summary), belongs(shuffled, summary));
    return add(scale(graph, alpha), scale(dgi_loss(row_dots(h, own), row_dots(shuffled, own)), 1 - alpha));
  };
  return {.params = p, .encoder = encoder, .loss = loss, .training = training, .batches = batches, .prepare = prepare};
}

}  // namespace

Method gic() {
  return {.id = "gic",
          .name = "Graph InfoClust",
          .make = make,
          .paper = "2009.06946",
          .presets = {{"cora", "link-85-5-10@connected", {}, {93.5, 0.6, "GIC, link prediction"}},
                      {"citeseer", "link-85-5-10@connected", {}, {97.0, 0.5, "GIC, link prediction"}}},
          .about = "Deep Graph Infomax with summaries of soft clusters beside the one of the graph"};
}

}  // namespace pfm
