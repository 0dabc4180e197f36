// hf/: small vision models with their weights, each driven by its own configuration: hidden states, logits, losses,
// gradients and six steps of AdamW.
#include <fmt/format.h>
#include <pfm/encoders/patches.h>
#include <pfm/io/safetensors.h>
#include <pfm/multimodal/clip.h>
#include <pfm/nn/classification.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/optimiser.h>
#include <pfm/nn/products.h>
#include <pfm/nn/reductions.h>
#include <pfm/nn/segments.h>
#include <pfm/nn/shape.h>
#include <pfm/tests/parity.h>
#include <pfm/tests/text_models.h>
#include <pfm/vision/mae_decoder.h>
#include <pfm/vision/weight_names.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>

namespace pfm::parity {
namespace {

using fixture::Array;
using fixture::Group;
namespace fs = std::filesystem;

nlohmann::json config_in(const fs::path& folder) {
  std::ifstream file(folder / "config.json");
  return file ? nlohmann::json::parse(file) : nlohmann::json::object();
}

// [b, c, h, w] -> a row per pixel.
Matrix pixel_rows(const Array& a) {
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

TransformerSettings transformer_of(const nlohmann::json& c, const std::string& prefix = "") {
  return {.width = c.at(prefix + "hidden_size"),
          .heads = c.at(prefix + "num_attention_heads"),
          .feed_forward = c.at(prefix + "intermediate_size"),
          .layers = c.at(prefix + "num_hidden_layers"),
          .norm_first = true,
          .activation = c.at("hidden_act"),
          .epsilon = Real(double(c.at("layer_norm_eps")))};
}

// What a model gives: rows behind each step, its logits as the file has them, and the loss; what else the file has.
struct Given {
  struct Output {
    std::string name;
    Var rows;
    Array expected;
  };
  std::vector<Var> states;
  Var logits, loss;
  std::vector<Output> others = {};
};

struct Model {
  Params p;
  ImageTensors names;
  std::function<Given()> run;
};

VisionTransformer encoder_of(const Params& p, const nlohmann::json& c, const Batch& patches,
                             VisionTransformer::Positions kind) {
  return {p / "encoder", patches.x.cols(), patches.grids[0], transformer_of(c), kind};
}

// Of a transformer whose last norm is not among the states.
std::vector<Var> states_of(const VisionTransformer& network, const PatchRows& where, const Input& x) {
  VisionTransformer bare = network;
  bare.transformer.norm.reset();
  return bare.states(where, x);
}

Model vit_model(const nlohmann::json& c, const Group& file) {
  Model model;
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
PatchMask mask_of(const Group& file, const Batch& patches, double rate) {
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

Model mae_model(const nlohmann::json& c, const Group& file) {
  Model model;
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
    const Var all = decoder.out(behind_first(decoder.rows(codes, patches, mask, {}), patches.segments, 1));
    const Var target(normalise ? normalised_patches(asked.dense()) : asked.dense().clone());
    return Given{{}, all, mean(square(subtract(decoder(codes, patches, mask, {}), target)))};
  };
  return model;
}

Model beit_model(const nlohmann::json& c, const Group& file) {
  using Positions = VisionTransformer::Positions;
  using Relative = VisionParts::Relative;
  Model model;
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

ClipShape clip_shape(const nlohmann::json& c, const Batch& patches) {
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

Model clip_model(const nlohmann::json& c, const Group& file) {
  Model model;
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

Model resnet_model(const nlohmann::json& c, const Group& file) {
  Model model;
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

std::optional<Model> model_of(const fs::path& folder, const Group& file) {
  const nlohmann::json c = config_in(folder);
  const std::string type = c.value("model_type", ""), kind = c.contains("architectures") ? c["architectures"][0] : "";
  std::optional<Model> model;
  if (kind == "ViTForImageClassification") model = vit_model(c, file);
  if (type == "vit_mae") model = mae_model(c, file);
  if (kind == "BeitForMaskedImageModeling") model = beit_model(c, file);
  if (type == "clip") model = clip_model(c, file);
  if (type == "resnet") model = resnet_model(c, file);
  if (model)
    put_weights(model->p, model->names, io::read_safetensors(folder / "model.safetensors").matrices, "weights");
  return model;
}

bool forward(const Model& model, const Group& file, Comparison& compare) {
  const NoGradient none;
  const double tolerance = std::max(1e-5, 20 * file.number("output_gap_f32_f64", 0));
  const Given given = model.run();
  for (std::size_t l = 0; l < given.states.size(); ++l)
    compare.forward(fmt::format("hidden_states/{}", l), given.states[l].value(),
                    file.array(fmt::format("output/hidden_states/{}", l)), tolerance);
  if (given.logits) compare.forward("logits", given.logits.value(), file.array("output/logits"), tolerance);
  for (const auto& [name, rows, expected] : given.others) compare.forward(name, rows.value(), expected, tolerance);
  compare.number("loss", given.loss.scalar(), file.array("output/loss").values[0], 1e-5);
  if (file.groups.contains("after"))
    for (const ImageTensor& name : model.names)
      if (file.has("after/" + name.theirs))
        compare.forward("after/" + name.theirs, model.p.at(name.ours).value(), file.array("after/" + name.theirs),
                        tolerance);
  return true;
}

bool gradients(const Model& model, const Group& file, Comparison& compare) {
  backward(model.run().loss);
  const auto& norms = file.group("grad_norm").arrays;
  double largest = 0;
  for (const auto& [of, norm] : norms) largest = std::max(largest, norm.values[0]);
  for (const auto& [of, norm] : norms) {
    const auto name = std::ranges::find(model.names, of, &ImageTensor::theirs);
    if (name == model.names.end()) {
      compare.fail(of + ": no such parameter");
      continue;
    }
    const Matrix& g = model.p.at(name->ours).grad();
    const double found = std::sqrt(std::inner_product(g.values().begin(), g.values().end(), g.data(), 0.0));
    // A key's bias adds the same to all scores of a query: zero but for rounding.
    const double expected = norm.values[0];
    compare.number("grad_norm/" + of, found, expected, 1e-3 * std::max(expected, 1e-3 * largest));
    if (!file.has("grad/" + of)) continue;
    const Array& theirs = file.array("grad/" + of);
    compare.gradient("grad/" + of,
                     as_theirs(*name, g, theirs.shape.size() == 4 ? theirs.shape[2] * theirs.shape[3] : 1), theirs);
  }
  return true;
}

bool adamw(const Model& model, const Group& file, Comparison& compare) {
  const Optimiser optimiser("adamw", {.weight_decay = 0.01});
  const std::vector<double>& losses = file.array("adamw/loss").values;
  for (std::size_t step = 0; step < losses.size(); ++step) {
    const Var loss = model.run().loss;
    compare.number(fmt::format("loss {}", step), loss.scalar(), losses[step], 1e-3 * losses[step]);
    backward(loss);
    optimiser.step(model.p, 1e-3, std::int64_t(step));
    model.p.clear_grads();
  }
  return true;
}

}  // namespace

std::vector<Case> image_model_cases(std::shared_ptr<const Group> file, const fs::path& path) {
  const fs::path folder = path.parent_path();
  if (!file->has("input/pixel_values") || !model_of(folder, *file)) return {};
  using Compare = bool (*)(const Model&, const Group&, Comparison&);
  constexpr std::pair<const char*, Compare> kinds[] = {
      {"forward", forward}, {"gradients", gradients}, {"adamw", adamw}};
  std::vector<Case> cases;
  for (const auto& [name, compare] : kinds)
    cases.push_back(
        {name, [=, compare = compare](Comparison& c) { return compare(*model_of(folder, *file), *file, c); }});
  return cases;
}

}  // namespace pfm::parity
