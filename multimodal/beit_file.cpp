#include <fmt/format.h>
#include <pfm/multimodal/beit_file.h>
#include <pfm/nlp/import_weights.h>
#include <pfm/nlp/json_file.h>
#include <pfm/nlp/weight_names.h>
#include <pfm/nn/segments.h>
#include <pfm/vision/weight_names.h>

#include <algorithm>

namespace pfm {
namespace {

using Positions = VisionTransformer::Positions;
using Relative = VisionParts::Relative;

constexpr const char* beit_kind = "beit-model";

struct BeitConfig {
  ImageInput input;
  TransformerSettings transformer;
  Positions positions = Positions::none;
  Relative relative = Relative::none;
  Offset codes = 0;
};

bool switched(const nlp::ModelFiles& files, const char* key) {
  const std::string label = files.label("config.json");
  const nlohmann::json all = nlp::parse_json(files.at("config.json"), label);
  if (!all.contains(key)) return false;
  if (!all[key].is_boolean()) throw Error(Fault::input, fmt::format("{}: '{}' is not true or false", label, key));
  return all[key].get<bool>();
}

BeitConfig config_of_beit(const nlp::ModelFiles& files) {
  const nlp::ConfigFile c(files.at("config.json"), files.label("config.json"));
  c.must_be("model_type", "beit");
  if (!switched(files, "use_mask_token"))
    c.fail("has no 'use_mask_token': this program takes models that were pretrained on masked images, as they are");
  const std::vector<Real> halves(3, Real(0.5));
  BeitConfig b{.input = image_input_of(files, c, 224, 16, halves, halves),
               .transformer = {.width = c.size("hidden_size", 768),
                               .heads = c.size("num_attention_heads", 12),
                               .feed_forward = c.size("intermediate_size", 3072),
                               .layers = int(c.size("num_hidden_layers", 12)),
                               .norm_first = true,
                               .activation = nlp::activation_at(c, "hidden_act", "gelu"),
                               .epsilon = Real(c.real("layer_norm_eps", 1e-12)),
                               .key_bias = false,
                               .layer_scale = Real(c.real("layer_scale_init_value", 0.1))},
               .codes = c.size("vocab_size", 8192)};
  check_tower(c, b.transformer.layers, b.transformer.width, b.transformer.heads);
  if (switched(files, "use_absolute_position_embeddings")) b.positions = Positions::learned;
  if (switched(files, "use_relative_position_bias")) b.relative = Relative::each_layer;
  if (switched(files, "use_shared_relative_position_bias")) b.relative = Relative::shared;
  return b;
}

std::vector<AskedMatrix> asked_by(const BeitConfig& c) {
  const TransformerSettings& t = c.transformer;
  const Offset side = c.input.grid().height, between = (2 * side - 1) * (2 * side - 1) + 3;
  std::vector<AskedMatrix> asked{
      {c.input.columns(), t.width}, {t.width, std::max<Offset>(t.width, t.feed_forward), t.layers}, {t.width, c.codes}};
  if (c.positions == Positions::learned) asked.push_back({side * side, t.width});
  if (c.relative != Relative::none) asked.push_back({between, t.heads});
  return asked;
}

BeitFile with_weights(nlp::ModelFiles files, BeitConfig c, const std::map<std::string, Matrix>& weights,
                      const std::function<void(const Params&)>& put) {
  check_asked(asked_by(c), weights, files.label("config.json"));
  const Params p;
  const VisionTransformer network(p / "encoder", c.input.columns(), c.input.grid(), c.transformer, c.positions, 1,
                                  {.token = true, .relative = c.relative});
  const Linear codes(p / "codes", c.transformer.width, c.codes);
  put(p);
  return {std::move(files), std::move(c.input), p, network};
}

}  // namespace

BeitFile import_beit(const std::filesystem::path& folder) {
  nlp::ModelFiles files = nlp::read_model_files(folder);
  BeitConfig c = config_of_beit(files);
  std::map<std::string, Matrix> theirs = nlp::read_weights(folder);
  std::erase_if(theirs, [](const auto& entry) { return entry.first.ends_with(".relative_position_index"); });
  const ImageTensors names = beit_tensors(c.transformer.layers, c.positions, c.relative);
  return with_weights(std::move(files), std::move(c), theirs,
                      [&](const Params& p) { put_weights(p, names, theirs, (folder / "model.safetensors").string()); });
}

BeitFile beit_file(io::Tensors tensors, const std::filesystem::path& path) {
  nlp::ModelFiles files = nlp::model_files_in(tensors.metadata, path);
  BeitConfig c = config_of_beit(files);
  return with_weights(std::move(files), std::move(c), tensors.matrices,
                      [&](const Params& p) { take_weights(p, std::move(tensors.matrices), path); });
}

void write_beit(const std::filesystem::path& path, const BeitFile& beit) {
  write_model(path, beit_kind, beit.params, beit.files);
}

bool is_beit(const io::Metadata& metadata) { return nlp::is_model(beit_kind, metadata); }

Matrix embed_images(const BeitFile& beit, const Batch& images) {
  const auto rows_of = [&](const Batch& patches) {
    const PatchRows where = patch_rows(patches);
    return segment_means(behind_first(beit.network(where, patches.x), where.segments, 1), where.segments);
  };
  return embedded_images(beit.input, beit.network.patches.weight.cols(), rows_of, images);
}

}  // namespace pfm
