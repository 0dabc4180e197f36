// Golden ViT, ViT-MAE and BEiT.
#include <pfm/encoders/patches.h>
#include <pfm/nn/classification.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/reductions.h>
#include <pfm/nn/segments.h>
#include <pfm/nn/shape.h>
#include <pfm/tests/image_models.h>
#include <pfm/vision/mae_decoder.h>

#include <algorithm>
#include <numeric>

namespace pfm::parity {

using fixture::Group;

static VisionTransformer encoder_of(const Params& p, const nlohmann::json& c, const Batch& patches,
                                    VisionTransformer::Positions kind) {
  return {p / "encoder", patches.x.cols(), patches.grids[0], transformer_of(c), kind};
}

ImageModel vit_model(const nlohmann::json& c, const Group& file) {
  ImageModel model;
  const Batch patches = cut_patches(images_of(file), c.at("patch_size"));
  const VisionTransformer network = encoder_of(model.p, c, patches, VisionTransformer::Positions::learned);
  const auto labels = file.array("target/labels").as<std::int32_t>();
  const Linear head(model.p / "finetune", network.patches.weight.cols(), Offset(c.at("id2label").size()));
  model.names = vit_tensors(c.at("num_hidden_layers"));
  model.run = [=] {
    const PatchRows where = patch_rows(patches);
    const Var logits = head(first_of_each(network(where, patches.x), where.segments, 1));
    return Given{states_of(network, where, patches.x), logits, cross_entropy(logits, labels)};
  };
  return model;
}

// The patches of the smallest noise are kept.
static PatchMask mask_of(const Group& file, const Batch& patches, double rate) {
  const std::vector<double>& noise = file.array("input/noise").values;
  std::vector<char> hidden(noise.size(), 1);
  for (std::size_t g = 0; g + 1 < patches.segments.size(); ++g) {
    const auto begin = std::size_t(patches.segments[g]), end = std::size_t(patches.segments[g + 1]);
    std::vector<std::size_t> order(end - begin);
    std::iota(order.begin(), order.end(), begin);
    std::ranges::sort(order, {}, [&](std::size_t i) { return noise[i]; });
    const auto kept = std::size_t(double(end - begin) * (1 - rate));
    for (std::size_t i = 0; i < kept; ++i) hidden[order[i]] = 0;
  }
  return patch_mask(patches, hidden);
}

ImageModel mae_model(const nlohmann::json& c, const Group& file) {
  ImageModel model;
  const Batch patches = cut_patches(images_of(file), c.at("patch_size"));
  const VisionTransformer network = encoder_of(model.p, c, patches, VisionTransformer::Positions::sines);
  const MaeDecoder decoder(model.p / "decoder", network.patches.weight.cols(), patches.x.cols(), patches.grids[0],
                           transformer_of(c, "decoder_"));
  const PatchMask mask = mask_of(file, patches, c.at("mask_ratio"));
  const bool normalise = c.at("norm_pix_loss");
  model.names = mae_tensors(c.at("num_hidden_layers"), c.at("decoder_num_hidden_layers"));
  model.run = [=] {
    const Features seen = patches.x.gather(mask.kept_rows), asked = patches.x.gather(mask.hidden_rows);
    const Var codes = network(mask.kept, seen);
    const Var all = decoder.out(behind_first(decoder.rows(codes, patches, mask), patches.segments, 1));
    const Var target(normalise ? normalised_patches(asked.dense()) : asked.dense().clone());
    return Given{{}, all, mean(square(subtract(decoder(codes, patches, mask, {}), target)))};
  };
  return model;
}

ImageModel beit_model(const nlohmann::json& c, const Group& file) {
  using Positions = VisionTransformer::Positions;
  using Relative = VisionParts::Relative;
  ImageModel model;
  const Batch patches = cut_patches(images_of(file), c.at("patch_size"));
  const Relative relative = c.at("use_shared_relative_position_bias") ? Relative::shared
                            : c.at("use_relative_position_bias")      ? Relative::each_layer
                                                                      : Relative::none;
  const Positions positions = c.at("use_absolute_position_embeddings") ? Positions::learned : Positions::none;
  TransformerSettings settings = transformer_of(c);
  settings.key_bias = false, settings.layer_scale = c.at("layer_scale_init_value");
  const VisionTransformer network(model.p / "encoder", patches.x.cols(), patches.grids[0], settings, positions, 1,
                                  {.token = true, .relative = relative});
  const Linear head(model.p / "codes", settings.width, c.at("vocab_size"));
  PatchRows where = patch_rows(patches);
  const auto masked = file.array("input/bool_masked_pos").as<int>();
  for (NodeId i = 0; i < patches.rows(); ++i)
    if (masked[std::size_t(i)]) where.hidden.push_back(i);
  const auto labels = file.array("target/labels").as<std::int32_t>();
  model.names = beit_tensors(c.at("num_hidden_layers"), positions, relative);
  model.run = [=] {
    const Var logits = head(behind_first(network(where, patches.x), where.segments, 1));
    return Given{states_of(network, where, patches.x), logits,
                 cross_entropy(gather_rows(logits, where.hidden), labels)};
  };
  return model;
}

}  // namespace pfm::parity
