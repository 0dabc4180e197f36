// MAE (He et al. 2022, arXiv:2111.06377). The encoder sees a quarter of an image's patches; a small decoder, to which a
// learned row stands for each of the others, rebuilds those: squared error of the hidden patches alone, each normalised
// by its own mean and deviation. Small images: patches of 4 x 4 pixels, 128 columns and 6 layers, a decoder of 64 and
// 2, where the paper has 16 x 16, 768 and 12, 512 and 8; AdamW's beta2 is .999, the paper's .95. Images are embedded
// whole.
#include <pfm/encoders/patches.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/reductions.h>
#include <pfm/nn/shape.h>
#include <pfm/vision/methods/methods.h>
#include <pfm/vision/patch_masks.h>
#include <pfm/vision/pixels.h>
#include <pfm/vision/vit_from.h>

#include <algorithm>

namespace pfm {
namespace {

struct Decoder {
  // "in" Linear, "token" normal .02, "positions" sines, "layers.0", .., "norm", "out" Linear to a patch's values.
  Decoder(const Params& p, Offset from, Offset columns, const Grid& grid, const TransformerSettings& s)
      : in(p / "in", from, s.width),
        token(p.normal("token", 1, s.width, 0.02)),
        positions(p.state("positions", 1 + Offset(grid.height) * grid.width, s.width)),
        transformer(p, s),
        out(p / "out", s.width, columns) {
    std::ranges::copy(sine_positions(grid, s.width).values(), positions.value().data() + s.width);
  }

  // The hidden patches, from the rows that the encoder gives (class row first) for the others.
  Var operator()(const Var& codes, const Batch& patches, const PatchMask& mask, const std::optional<Rng>& rng) const {
    const auto token_row = NodeId(codes.rows());
    std::vector<NodeId> from, places, wanted;
    auto hidden = mask.hidden_rows.begin();
    NodeId next = 0;
    for (std::size_t g = 0; g + 1 < patches.segments.size(); ++g) {
      from.push_back(next++), places.push_back(0);
      for (Offset i = patches.segments[g]; i < patches.segments[g + 1]; ++i) {
        const bool asked = hidden != mask.hidden_rows.end() && *hidden == i;
        if (asked) wanted.push_back(NodeId(from.size())), ++hidden;
        from.push_back(asked ? token_row : next++);
        places.push_back(NodeId(1 + i - patches.segments[g]));
      }
    }
    const Var rows = add(gather_rows(concat_rows({in(codes), token}), from), gather_rows(positions, places));
    const auto plan = std::make_shared<const AttentionPlan>(within(longer_segments(patches.segments, 1)));
    return out(gather_rows(transformer({.plan = plan}, rows, rng), wanted));
  }

  Linear in;
  Var token, positions;
  Transformer transformer;
  Linear out;
};

Pretext make(const Dataset& data, const Options& o) {
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
  if (!(rate > 0 && rate < 1)) throw Error(Fault::usage, "option mask: above 0 and below 1");
  const ImageShape shape = image_shape(data.all, "mae");
  Params p(o.rng);
  const auto standardised = standardised_pixels(p / "pixels", data, "mae");
  const auto prepare = [=](const Batch& images) { return cut_patches(standardised(images), vit.patch); };
  const Grid grid{std::int32_t(shape.grid.height / vit.patch), std::int32_t(shape.grid.width / vit.patch)};
  const Offset columns = vit.patch * vit.patch * shape.channels;
  const VisionTransformer network(p / "encoder", columns, grid, vit.transformer, VisionTransformer::Positions::sines);
  const Decoder decoder(p / "decoder", vit.transformer.width, columns, grid, small);
  auto loss = [=](const Batch& b, Rng rng) {
    const PatchMask mask = random_patch_mask(b, rate, rng.split(1));
    const Var codes = network(mask.kept, b.x.gather(mask.kept_rows), rng.split(2));
    const Var rebuilt = decoder(codes, b, mask, rng.split(3));
    const Features asked = b.x.gather(mask.hidden_rows);
    return mean(square(subtract(rebuilt, Var(normalise ? normalised_patches(asked.dense()) : asked.dense().clone()))));
  };
  return {.params = p,
          .encoder = image_encoder(network, vit.readout),
          .loss = loss,
          .training = training,
          .batches = [=](const Batch& all) { return sample_batches(all, training.batch); },
          .prepare = prepare};
}

}  // namespace

Method mae() {
  return {.id = "mae",
          .name = "MAE",
          .make = make,
          .paper = "2111.06377",
          .presets = {},
          .about = "rebuilds three quarters of an image's patches from the others"};
}

}  // namespace pfm
