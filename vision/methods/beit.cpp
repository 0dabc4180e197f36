// BEiT (Bao et al. 2022, arXiv:2106.08254). Patches have codes, from a discrete autoencoder that is trained before and
// then fixed; blocks of 40 % of an image's patches are hidden behind a learned token, and the transformer tells their
// codes (eq. 2, algorithm 1). Positions are biases of attention by how far apart two patches are, one table for all
// layers. Small images: patches of 4 x 4 pixels, 128 columns and 6 layers, an autoencoder of single patches with 128
// codes, where the paper has 16 x 16, 768 and 12, and DALL-E's convolutions with 8,192; no stochastic depth; AdamW's
// beta2 is .999, the paper's .98.
#include <fmt/format.h>
#include <pfm/nn/classification.h>
#include <pfm/nn/shape.h>
#include <pfm/selfsup/pretext_targets.h>
#include <pfm/vision/methods/methods.h>
#include <pfm/vision/patch_codes.h>
#include <pfm/vision/patch_input.h>
#include <pfm/vision/patch_masks.h>
#include <pfm/vision/vit_from.h>

namespace pfm {

static Pretext make(const Dataset& data, const Options& o) {
  const Training training = training_options(o, {.epochs = 100,
                                                 .batch = 256,
                                                 .optimiser = "adamw",
                                                 .lr = 1.5e-3,
                                                 .weight_decay = 0.05,
                                                 .schedule = "cosine",
                                                 .warmup = 10});
  VitOptions vit =
      vit_from(o, {.patch = 4, .hidden = 128, .layers = 6, .heads = 4, .feed_forward = 0, .pooling = "mean"});
  vit.transformer.layer_scale = Real(0.1), vit.transformer.key_bias = false;
  const double rate = o("mask", 0.4);
  const int codes = o("codes", 128);
  const PretextTargets targets = targets_from(o);
  const CodeTraining tokenizer{.steps = o("tokenizer_steps", 300), .divergence = o("divergence", 0.1)};
  if (!(rate > 0 && rate < 1)) throw Error(Fault::usage, "option mask: above 0 and below 1");
  if (codes < 2 || tokenizer.steps < 0)
    throw Error(Fault::usage, fmt::format("options codes: at least 2, tokenizer_steps: at least 0; got {} and {}",
                                          codes, tokenizer.steps));
  Params p(o.rng);
  const PatchInput input = patch_input(p, data, vit.patch, "beit");
  const PatchCodes code_of =
      learn_patch_codes(p, input.prepare(data.all).x.dense(), codes, tokenizer, o.rng.split("tokenizer"));
  const VisionTransformer network(p / "encoder", input.columns, input.grid, vit.transformer,
                                  VisionTransformer::Positions::none, 1,
                                  {.token = true, .relative = VisionParts::Relative::shared});
  const Linear head(p / "codes", vit.transformer.width, codes);
  auto loss = [=](const Batch& b, Rng rng) {
    PatchRows where = patch_rows(b);
    where.hidden = block_patch_mask(b, rate, rng.split(1));
    const Var rows = behind_first(network(where, b.x, rng.split(2)), b.segments, 1);
    const std::vector<std::int32_t> wanted = code_of(b.x.gather(where.hidden).dense());
    return cross_entropy(head(gather_rows(rows, where.hidden)), targets(wanted, rng.split("targets")));
  };
  return {.params = p,
          .encoder = image_encoder(network, vit.readout),
          .loss = loss,
          .training = training,
          .batches = [=](const Batch& all) { return sample_batches(all, training.batch); },
          .prepare = input.prepare};
}

Method beit() {
  return {.id = "beit",
          .name = "BEiT",
          .make = make,
          .paper = "2106.08254",
          .presets = {},
          .about = "tells the codes of hidden blocks of an image's patches"};
}

}  // namespace pfm
