// ViT (Dosovitskiy et al. 2021, arXiv:2010.11929): the supervised baseline. A transformer over patches, classified by
// its class row. Patches of 4 x 4 pixels, 7 x 7 of images of 28 x 28, and 64 columns, where the paper has 16 x 16 and
// 768.
#include <pfm/nn/classification.h>
#include <pfm/selfsup/heads.h>
#include <pfm/vision/methods/methods.h>
#include <pfm/vision/patch_input.h>
#include <pfm/vision/vit_from.h>

#include <algorithm>

namespace pfm {

static Pretext make(const Dataset& data, const Options& o) {
  HeadSettings settings{.training = training_options(o, {.epochs = 60,
                                                         .batch = 128,
                                                         .optimiser = "adamw",
                                                         .lr = 1e-3,
                                                         .weight_decay = 0.1,
                                                         .schedule = "cosine",
                                                         .warmup = 3})};
  const VitOptions vit = vit_from(
      o, {.patch = 4, .hidden = 64, .layers = 6, .heads = 8, .feed_forward = 128, .dropout = 0.1, .pooling = "first"});
  if (data.targets.class_count() < 2)
    throw Error(Fault::input,
                data.name + ": vit learns from the classes of images, and no two classes are shown to it");
  Params p(o.rng);
  const PatchInput input = patch_input(p, data, vit.patch, "vit");
  const VisionTransformer network(p / "encoder", input.columns, input.grid, vit.transformer,
                                  VisionTransformer::Positions::learned);
  const Pretext start{.params = p,
                      .encoder = image_encoder(network, vit.readout),
                      .loss = {},
                      .training = {},
                      .prepare = input.prepare};
  return with_class_head(start, Task::graph, data.targets.classes, data.targets.class_count(), settings);
}

Method vit() {
  return {.id = "vit",
          .name = "ViT",
          .make = make,
          .paper = "2010.11929",
          .presets = {{"mnist", "probe", {{"patch", "7"}}, {}}, {"fashion_mnist", "probe", {{"patch", "7"}}, {}}},
          .about = "a transformer over patches trained on the classes of images: the baseline that sees labels"};
}

}  // namespace pfm
