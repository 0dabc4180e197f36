// SimCLR (Chen et al. 2020, arXiv:2002.05709). Two augmented views of an image must recognise each other among the
// views of all images of the batch (eq. 1); a head of two layers stands between rows and loss, and is left out
// afterwards. Networks and batches are small: resnet8, 256 images, Adam at .001 where the paper has ResNet-50, 4,096
// and LARS.
#include <pfm/nn/activations.h>
#include <pfm/nn/shape.h>
#include <pfm/selfsup/losses.h>
#include <pfm/vision/contrast.h>
#include <pfm/vision/methods/methods.h>

namespace pfm {

static Pretext make(const Dataset& data, const Options& o) {
  const Training training = training_options(
      o, {.epochs = 50, .batch = 256, .optimiser = "adam", .lr = 1e-3, .weight_decay = 1e-6, .schedule = "cosine"});
  const ContrastOptions options = contrast_from(o, data);
  const int projection = o("projection", 128);
  const auto tau = Real(o("tau", 0.5));
  if (projection < 1 || !(tau > 0)) throw Error(Fault::usage, "options projection and tau: above 0");
  Params p(o.rng);
  const Encoder encoder = image_network(p, data, options.encoder, "simclr");
  const Mlp head(p / "head", {encoder.width, encoder.width, projection}, relu);
  const Corruption view = view_of(options);
  auto loss = [=](const Batch& b, Rng rng) {
    const Var z = head(encoder(two_views(b, view, view, rng.split(1)), rng.split(2)));
    const Var second = options.targets(slice_rows(z, z.rows() / 2, z.rows()), rng.split("targets"));
    return nt_xent(slice_rows(z, 0, z.rows() / 2), second, tau);
  };
  return {.params = p, .encoder = encoder, .loss = loss, .training = training, .batches = [=](const Batch& all) {
            return sample_batches(all, training.batch);
          }};
}

Method simclr() {
  return {.id = "simclr",
          .name = "SimCLR",
          .make = make,
          .paper = "2002.05709",
          .presets = {},
          .about = "two augmented views of an image recognise each other among all views of the batch"};
}

}  // namespace pfm
