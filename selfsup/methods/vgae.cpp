// VGAE (Kipf & Welling 2016, arXiv:1611.07308, section 2). A normal distribution per node; dot products of what is
// drawn rebuild the graph, and the distributions stay close to the standard normal (eq. 1-4).
#include <pfm/encoders/gcn.h>
#include <pfm/nn/ops.h>
#include <pfm/selfsup/losses.h>
#include <pfm/selfsup/methods/methods.h>

namespace pfm {

static Matrix normals(Offset rows, Offset cols, const Rng& rng) {
  Matrix drawn(rows, cols);
  for (Offset i = 0; i < drawn.size(); ++i) drawn.data()[i] = Real(rng.normal(std::uint64_t(i)));
  return drawn;
}

Pretext variational_graph_auto_encoder(const Dataset& data, const Options& o, const Noise& noise) {
  const Training training = training_options(o, {.epochs = 200, .lr = 0.01});
  const auto prepare = prepare_from(o, "as-given");
  const auto batches = subgraphs_from(o);
  const int width = o("code", 16);
  if (width < 1) throw Error(Fault::usage, "option code: at least 1");
  Params p(o.rng);
  const Encoder inner = encoder_from(p / "encoder", data, o, {.kind = "gcn", .hidden = 32, .layers = 1});
  const Gcn mean(p / "mean", inner.width, width), log_deviation(p / "log_deviation", inner.width, width);
  const auto forward = [=](const Batch& b, const Input& x, std::optional<Rng> rng) {
    return mean(b.graph, inner.forward(b, x, rng));
  };
  auto loss = [=](const Batch& b, Rng rng) {
    const Var h = inner(b, rng.split(1)), centre = mean(b.graph, h), spread = log_deviation(b.graph, h);
    const Var z = add(centre, hadamard(exp(spread), Var(noise(b.rows(), width, rng.split(2)))));
    return add(link_reconstruction(z, b.graph), normal_divergence(centre, spread));
  };
  return {.params = p,
          .encoder = {forward, width},
          .loss = loss,
          .training = training,
          .batches = batches,
          .prepare = prepare,
          .pair_scores = dot_scores};
}

static Pretext make(const Dataset& data, const Options& o) { return variational_graph_auto_encoder(data, o, normals); }

Method vgae() {
  return {.id = "vgae",
          .name = "Variational Graph Auto-Encoder",
          .make = make,
          .paper = "1611.07308",
          .presets = {{"cora", "link-85-5-10", {}, {91.4, 0.01, "VGAE paper"}},
                      {"citeseer", "link-85-5-10", {}, {90.8, 0.02, "VGAE paper"}}},
          .about = "a normal distribution per node, whose draws' dot products say which pairs are linked"};
}

}  // namespace pfm
