// GAE (Kipf & Welling 2016, arXiv:1611.07308, section 3): graph convolutions whose rows' dot products rebuild the
// graph, self-loops included, by cross-entropy over all pairs of nodes.
#include <pfm/encoders/gcn.h>
#include <pfm/selfsup/losses.h>
#include <pfm/selfsup/methods/methods.h>

namespace pfm {

static Pretext make(const Dataset& data, const Options& o) {
  const Training training = training_options(o, {.epochs = 200, .lr = 0.01});
  const auto prepare = prepare_from(o, "as-given");
  const auto batches = subgraphs_from(o);
  const int width = o("code", 16);
  if (width < 1) throw Error(Fault::usage, "option code: at least 1");
  Params p(o.rng);
  const Encoder inner = encoder_from(p / "encoder", data, o, {.kind = "gcn", .hidden = 32, .layers = 1});
  const Gcn code(p / "code", inner.width, width);
  const auto forward = [=](const Batch& b, const Input& x, std::optional<Rng> rng) {
    return code(b.graph, inner.forward(b, x, rng));
  };
  const Encoder encoder{forward, width};
  auto loss = [=](const Batch& b, Rng rng) { return link_reconstruction(encoder(b, rng), b.graph); };
  return {.params = p,
          .encoder = encoder,
          .loss = loss,
          .training = training,
          .batches = batches,
          .prepare = prepare,
          .pair_scores = dot_scores};
}

Method gae() {
  return {.id = "gae",
          .name = "Graph Auto-Encoder",
          .make = make,
          .paper = "1611.07308",
          .presets = {{"cora", "link-85-5-10", {}, {91.0, 0, "VGAE paper"}},
                      {"citeseer", "link-85-5-10", {}, {89.5, 0, "VGAE paper"}}},
          .about = "rows whose dot products say which pairs of nodes are linked"};
}

}  // namespace pfm
