// MAE (He et al. 2022, arXiv:2111.06377). The encoder sees a quarter of an image's patches; a small decoder, to which a
// learned row stands for each of the others, rebuilds those: squared error of the hidden patches alone, each normalised
// by its own mean and deviation. Small images: patches of 4 x 4 pixels, 128 columns and 6 layers, a decoder of 64 and
// 2, where the paper has 16 x 16, 768 and 12, 512 and 8; AdamW's beta2 is .999, the paper's .95. Images are embedded
// whole.
#include <pfm/nn/ops.h>
#include <pfm/nn/reductions.h>
#include <pfm/selfsup/pretext_targets.h>
#include <pfm/vision/mae_decoder.h>
#include <pfm/vision/methods/methods.h>
#include <pfm/vision/patch_input.h>
#include <pfm/vision/vit_from.h>

namespace pfm {
static Pretext make(const Dataset& data, const Options& o) {
  const Training training = training_options(o, {.epochs = 100,
                                                 .batch = 256,
                                                 .optimiser = "adamw",
                                                 .lr = 1e-3,
                                                 .weight_decay = 0.05,
                                                 .schedule = "cosine",
                                                 .warmup = 5});
  const VitOptions vit =
      vit_from(o, {.patch = 4, .hidden = 128, .layers = 6, .heads = 4, .feed_forward = 0, .pooling = "mean"});
  TransformerSettings small = vit.transformer;
  small.width = o("decoder_hidden", 64), small.layers = o("decoder_layers", 2), small.heads = o("decoder_heads", 4);
  small.feed_forward = 0;
  const double rate = o("mask", 0.75);
  const bool normalise = o("normalise", true);
  const PretextTargets targets = targets_from(o);
  if (!(rate > 0 && rate < 1)) throw Error(Fault::usage, "option mask: above 0 and below 1");
  Params p(o.rng);
  const PatchInput input = patch_input(p, data, vit.patch, "mae");
  const VisionTransformer network(p / "encoder", input.columns, input.grid, vit.transformer,
                                  VisionTransformer::Positions::sines);
  const MaeDecoder decoder(p / "decoder", vit.transformer.width, input.columns, input.grid, small);
  auto loss = [=](const Batch& b, Rng rng) {
    const PatchMask mask = random_patch_mask(b, rate, rng.split(1));
    const Var codes = network(mask.kept, b.x.gather(mask.kept_rows), rng.split(2));
    const Var rebuilt = decoder(codes, b, mask, rng.split(3));
    const Features asked = b.x.gather(mask.hidden_rows);
    const Var wanted(normalise ? normalised_patches(asked.dense()) : asked.dense().clone());
    return mean(square(subtract(rebuilt, targets(wanted, rng.split("targets")))));
  };
  return {.params = p,
          .encoder = image_encoder(network, vit.readout),
          .loss = loss,
          .training = training,
          .batches = [=](const Batch& all) { return sample_batches(all, training.batch); },
          .prepare = input.prepare};
}

Method mae() {
  return {.id = "mae",
          .name = "MAE",
          .make = make,
          .paper = "2111.06377",
          .presets = {},
          .about = "rebuilds three quarters of an image's patches from the others"};
}

}  // namespace pfm
