// MoCo (He et al. 2020, arXiv:1911.05722). A view of an image must recognise the key of another view, which a slowly
// following network makes, among the keys of images before it: a queue, first in, first out (eq. 1-2). With the head of
// two layers, blur and cosine schedule of its second version (2003.04297). The keys of a batch have BatchNorm's
// statistics of the whole batch in a random order of its own (the authors: of parts on other processors). A queue of
// 2,048 and momentum .99, for 8,000 images, where the paper has 65,536 and .999.
#include <pfm/kernels/rows.h>
#include <pfm/nn/activations.h>
#include <pfm/nn/shape.h>
#include <pfm/selfsup/key_queue.h>
#include <pfm/selfsup/losses.h>
#include <pfm/selfsup/momentum.h>
#include <pfm/vision/contrast.h>
#include <pfm/vision/methods/methods.h>

namespace pfm {
namespace {

Pretext make(const Dataset& data, const Options& o) {
  const Training training = training_options(
      o, {.epochs = 50, .batch = 256, .optimiser = "sgd", .lr = 0.06, .weight_decay = 1e-4, .schedule = "cosine"});
  const ContrastOptions options = contrast_from(o, data);
  const int projection = o("projection", 128), length = o("queue", 2048);
  const auto tau = Real(o("tau", 0.2)), momentum = Real(o("momentum", 0.99));
  if (projection < 1 || length < 1 || !(tau > 0)) throw Error(Fault::usage, "options projection, queue, tau: above 0");
  if (!(momentum >= 0 && momentum <= 1)) throw Error(Fault::usage, "option momentum: from 0 to 1");
  Params p(o.rng);
  const Encoder encoder = image_network(p / "query", data, options.encoder, "moco"),
                slow = image_network(p / "key", data, options.encoder, "moco");
  const Mlp head(p / "query" / "head", {encoder.width, encoder.width, projection}, relu),
      slow_head(p / "key" / "head", {encoder.width, encoder.width, projection}, relu);
  follow_from_start(p, "query", "key");
  KeyQueue queue(p / "queue", length, projection, training.batch + 1, o.rng.split("queue"));
  const Corruption view = view_of(options);
  auto loss = [=](const Batch& b, Rng rng) mutable {
    const Var query = head(encoder(view(b, rng.split(1)), rng.split(2)));
    Var key;
    {
      const NoGradient following;
      key = slow_head(slow(view(b, rng.split(3)), rng.split(4)));
    }
    l2_normalise_rows(key.value());
    queue.keep(key.value());
    return info_nce_queue(query, options.targets(key, rng.split("targets")), queue.rows(), tau);
  };
  return {.params = p,
          .encoder = encoder,
          .loss = loss,
          .training = training,
          .batches = [=](const Batch& all) { return sample_batches(all, training.batch); },
          .after_step =
              [=](std::int64_t, Rng) mutable {
                follow(p, "query", "key", momentum);
                queue.push();
              }};
}

}  // namespace

Method moco() {
  return {.id = "moco",
          .name = "MoCo",
          .make = make,
          .paper = "1911.05722",
          .presets = {},
          .about = "a view of an image recognises its key among a queue of keys that a slow network made"};
}

}  // namespace pfm
