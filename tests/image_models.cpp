#include <fmt/format.h>
#include <pfm/encoders/patches.h>
#include <pfm/multimodal/clip.h>
#include <pfm/nn/classification.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/products.h>
#include <pfm/nn/shape.h>
#include <pfm/tests/image_models.h>
#include <pfm/tests/text_models.h>

#include <cmath>

namespace pfm::parity {

using fixture::Array;
using fixture::Group;

// [b, c, h, w] -> a row per pixel.
static Matrix pixel_rows(const Array& a) {
  const Offset samples = a.shape[0], channels = a.shape[1], pixels = a.size() / (samples * channels);
  Matrix rows(samples * pixels, channels);
  for (Offset s = 0; s < samples; ++s)
    for (Offset c = 0; c < channels; ++c)
      for (Offset p = 0; p < pixels; ++p)
        rows(s * pixels + p, c) = Real(a.values[std::size_t((s * channels + c) * pixels + p)]);
  return rows;
}

Batch images_of(const Group& file) {
  const Array& pixels = file.array("input/pixel_values");
  Batch images;
  const Offset each = pixels.shape[2] * pixels.shape[3];
  images.x = pixel_rows(pixels);
  images.graph = Graph::without_edges(NodeId(images.x.rows()));
  for (Offset g = 0; g < pixels.shape[0]; ++g) {
    images.grids.push_back({std::int32_t(pixels.shape[2]), std::int32_t(pixels.shape[3])});
    images.samples.push_back(g);
  }
  for (Offset g = 0; g <= pixels.shape[0]; ++g) images.segments.push_back(g * each);
  return images;
}

TransformerSettings transformer_of(const nlohmann::json& c, const std::string& prefix) {
  return {.width = c.at(prefix + "hidden_size"),
          .heads = c.at(prefix + "num_attention_heads"),
          .feed_forward = c.at(prefix + "intermediate_size"),
          .layers = c.at(prefix + "num_hidden_layers"),
          .norm_first = true,
          .activation = c.at("hidden_act"),
          .epsilon = Real(double(c.at("layer_norm_eps")))};
}

std::vector<Var> states_of(const VisionTransformer& network, const PatchRows& where, const Input& x) {
  VisionTransformer bare = network;
  bare.transformer.norm.reset();
  return bare.states(where, x);
}

static ClipShape clip_shape(const nlohmann::json& c, const Batch& patches) {
  const nlohmann::json &text = c.at("text_config"), &image = c.at("vision_config");
  const Offset layers = text.at("num_hidden_layers"), hidden = text.at("hidden_size");
  return {.text = {.family = "clip",
                   .vocabulary = text.at("vocab_size"),
                   .positions = text.at("max_position_embeddings"),
                   .embedding = hidden,
                   .hidden = hidden,
                   .heads = text.at("num_attention_heads"),
                   .inner = text.at("intermediate_size"),
                   .layers = layers,
                   .groups = layers,
                   .activation = "quick_gelu",
                   .epsilon = 1e-5,
                   .embedding_norm = false,
                   .norm_first = true,
                   .causal = true},
          .end = text.at("eos_token_id"),
          .image = {.width = image.at("hidden_size"),
                    .heads = image.at("num_attention_heads"),
                    .feed_forward = image.at("intermediate_size"),
                    .layers = image.at("num_hidden_layers"),
                    .norm_first = true,
                    .activation = "quick_gelu",
                    .epsilon = Real(1e-5)},
          .grid = patches.grids[0],
          .columns = patches.x.cols(),
          .width = c.at("projection_dim")};
}

ImageModel clip_model(const nlohmann::json& c, const Group& file) {
  ImageModel model;
  const Batch patches = cut_patches(images_of(file), c.at("vision_config").at("patch_size"));
  const ClipShape shape = clip_shape(c, patches);
  const ClipModel clip(model.p, shape);
  const Sentences sentences(file);
  model.names = clip_tensors(shape);
  model.run = [=, &file] {
    const Var texts = clip.texts(sentences.batch), images = clip.images(patches);
    Given given{{}, {}, clip.loss(texts, images), {}};
    const auto add = [&](const std::string& name, const Var& rows, bool of_tokens = false) {
      const Array& all = file.array("output/" + name);
      given.others.push_back({name, rows, of_tokens ? sentences.at_places(all) : all});
    };
    add("text_embeds", texts), add("image_embeds", images);
    const Var cosines = multiply_transposed(images, texts);
    add("logits_per_image", scale(cosines, std::exp(clip.logit_scale.scalar())));
    nlp::TextEncoder text = clip.text;
    text.transformer.norm.reset();
    const std::vector<Var> of_text = text.states(nlp::text_rows(shape.text, sentences.batch)),
                           of_image = states_of(clip.image, patch_rows(patches), patches.x);
    for (std::size_t l = 0; l < of_text.size(); ++l)
      add(fmt::format("text_model_output/hidden_states/{}", l), of_text[l], true);
    for (std::size_t l = 0; l < of_image.size(); ++l)
      add(fmt::format("vision_model_output/hidden_states/{}", l), of_image[l]);
    return given;
  };
  return model;
}

ImageModel resnet_model(const nlohmann::json& c, const Group& file) {
  ImageModel model;
  const std::vector<int> depths = c.at("depths");
  const Batch images = images_of(file);
  const ResNet network(model.p / "encoder", images.x.cols(),
                       {.large = true,
                        .stem = c.at("embedding_size"),
                        .widths = c.at("hidden_sizes"),
                        .depths = depths,
                        .bottleneck = c.at("layer_type") == "bottleneck"});
  const bool training = file.groups.contains("after");
  const auto labels = file.array("target/labels").as<std::int32_t>();
  const Linear head(model.p / "finetune", network.width, Offset(c.at("id2label").size()));
  model.names = resnet_tensors(network, depths);
  model.run = [=] {
    const ImageRows last = network(image_rows(images, images.x), training);
    const Var logits = head(adaptive_mean_pool(last, {1, 1}).x);
    return Given{{}, logits, cross_entropy(logits, labels)};
  };
  return model;
}

}  // namespace pfm::parity
