#include <fmt/format.h>
#include <pfm/encoders/patches.h>
#include <pfm/encoders/pieces.h>
#include <pfm/multimodal/clip_file.h>
#include <pfm/nlp/json_file.h>
#include <pfm/nlp/read_tokenizer.h>
#include <pfm/nlp/token_batch.h>
#include <pfm/nlp/weight_names.h>

#include <algorithm>

namespace pfm {
namespace {

constexpr const char* clip_kind = "clip-model";

struct ClipConfig {
  ClipShape shape;
  Offset patch = 0, image = 0, channels = 0;
};

// One of the towers' own configurations, within config.json.
nlp::ConfigFile tower(const nlohmann::json& all, const char* name, const std::string& label) {
  if (!all.contains(name) || !all[name].is_object())
    throw Error(Fault::input, fmt::format("{}: has no '{}', which CLIP's configuration has", label, name));
  return {all[name].dump(), fmt::format("{}: {}", label, name)};
}

void check_tower(const nlp::ConfigFile& config, Offset layers, Offset hidden, Offset heads) {
  constexpr Offset most_layers = 1000;
  if (hidden % heads != 0) config.fail(fmt::format("a width of {} is no multiple of {} heads", hidden, heads));
  if (layers > most_layers) config.fail(fmt::format("asks for more than {} layers", most_layers));
}

nlp::Architecture text_tower(const nlp::ConfigFile& c) {
  nlp::Architecture a{.family = "clip",
                      .vocabulary = c.size("vocab_size", 49408),
                      .positions = c.size("max_position_embeddings", 77),
                      .hidden = c.size("hidden_size", 512),
                      .heads = c.size("num_attention_heads", 8),
                      .inner = c.size("intermediate_size", 2048),
                      .layers = c.size("num_hidden_layers", 12),
                      .activation = nlp::activation_at(c, "hidden_act", "quick_gelu"),
                      .epsilon = c.real("layer_norm_eps", 1e-5),
                      .embedding_norm = false,
                      .norm_first = true,
                      .causal = true};
  a.embedding = a.hidden, a.groups = a.layers;
  check_tower(c, a.layers, a.hidden, a.heads);
  return a;
}

ClipConfig config_of(const nlp::ModelFiles& files) {
  const std::string label = files.label("config.json");
  const nlohmann::json all = nlp::parse_json(files.at("config.json"), label);
  const nlp::ConfigFile whole(files.at("config.json"), label), text = tower(all, "text_config", label),
                                                               image = tower(all, "vision_config", label);
  whole.must_be("model_type", "clip");
  ClipConfig c{.shape = {.text = text_tower(text),
                         .image = {.width = image.size("hidden_size", 768),
                                   .heads = image.size("num_attention_heads", 12),
                                   .feed_forward = image.size("intermediate_size", 3072),
                                   .layers = int(image.size("num_hidden_layers", 12)),
                                   .norm_first = true,
                                   .activation = nlp::activation_at(image, "hidden_act", "quick_gelu"),
                                   .epsilon = Real(image.real("layer_norm_eps", 1e-5))},
                         .width = whole.size("projection_dim", 512)},
               .patch = image.size("patch_size", 32),
               .image = image.size("image_size", 224),
               .channels = image.size("num_channels", 3)};
  ClipShape& s = c.shape;
  check_tower(image, s.image.layers, s.image.width, s.image.heads);
  constexpr Offset most_pixels = 1 << 14;
  if (c.image > most_pixels || c.image % c.patch != 0 || c.channels > 4)
    image.fail(
        fmt::format("images of {} pixels in patches of {} with {} channels: expected a multiple below {}, and 4 "
                    "channels at most",
                    c.image, c.patch, c.channels, most_pixels));
  // Before 2 was mended (transformers 4.31) it stood for "the token of the largest number".
  const Offset end = text.number("eos_token_id", 2);
  s.end = nlp::TokenId(end == 2 ? s.text.vocabulary - 1 : end);
  s.grid = {std::int32_t(c.image / c.patch), std::int32_t(c.image / c.patch)};
  s.columns = c.patch * c.patch * c.channels;
  return c;
}

// image_mean or image_std: a number for each channel.
Matrix channel_numbers(const nlp::ModelFiles& files, const char* key, std::vector<Real> otherwise, Offset channels) {
  constexpr const char* name = "preprocessor_config.json";
  Matrix numbers(1, channels);
  if (otherwise.size() == std::size_t(channels)) std::ranges::copy(otherwise, numbers.data());
  if (!files.has(name)) return numbers;
  const nlohmann::json config = nlp::parse_json(files.at(name), files.label(name));
  const auto found = config.is_object() ? config.find(key) : config.end();
  if (!config.is_object() || found == config.end()) return numbers;
  const bool fits = found->is_array() && Offset(found->size()) == channels &&
                    std::ranges::all_of(*found, [](const nlohmann::json& v) { return v.is_number(); });
  if (!fits) throw Error(Fault::input, fmt::format("{}: '{}': expected {} numbers", files.label(name), key, channels));
  for (Offset c = 0; c < channels; ++c) numbers(0, c) = Real((*found)[std::size_t(c)].get<double>());
  return numbers;
}

ClipFile with_weights(nlp::ModelFiles files, const ClipConfig& c, const std::function<void(const Params&)>& put) {
  nlp::Tokenizer tokenizer = nlp::read_tokenizer(files);
  if (tokenizer.vocabulary->size() > c.shape.text.vocabulary)
    throw Error(Fault::input, fmt::format("{}the tokenizer has {} tokens, but the model rows for {}", files.origin,
                                          tokenizer.vocabulary->size(), c.shape.text.vocabulary));
  Matrix mean = channel_numbers(files, "image_mean", {Real(0.48145466), Real(0.4578275), Real(0.40821073)}, c.channels);
  Matrix deviation =
      channel_numbers(files, "image_std", {Real(0.26862954), Real(0.26130258), Real(0.27577711)}, c.channels);
  for (const Real v : deviation.values())
    if (!(v > 0)) throw Error(Fault::input, fmt::format("{}image_std: expected numbers above 0", files.origin));
  const Params p;
  const ClipModel model(p, c.shape);
  put(p);
  return {std::move(files), std::move(tokenizer), c.shape, c.patch, c.image,
          std::move(mean),  std::move(deviation), p,       model};
}

}  // namespace

ClipFile import_clip(const std::filesystem::path& folder) {
  nlp::ModelFiles files = nlp::read_model_files(folder);
  const ClipConfig config = config_of(files);
  std::map<std::string, Matrix> theirs = std::move(io::read_safetensors(folder / "model.safetensors").matrices);
  std::erase_if(theirs, [](const auto& entry) { return entry.first.ends_with(".position_ids"); });  // 0, 1, 2, ..
  return with_weights(std::move(files), config,
                      [&](const Params& p) { put_weights(p, clip_tensors(config.shape), theirs); });
}

ClipFile clip_file(io::Tensors tensors, const std::filesystem::path& path) {
  nlp::ModelFiles files = nlp::model_files_in(tensors.metadata, path);
  const ClipConfig config = config_of(files);
  return with_weights(std::move(files), config, [&](const Params& p) {
    for (auto& [name, entry] : p.entries()) {
      const auto found = tensors.matrices.find(name);
      if (found == tensors.matrices.end() || !found->second.same_shape(entry.var.value()))
        throw Error(Fault::input, fmt::format("{}: '{}' [{}, {}] is missing or of another shape", path.string(), name,
                                              entry.var.rows(), entry.var.cols()));
      entry.var.value() = std::move(found->second);
      tensors.matrices.erase(found);
    }
    if (!tensors.matrices.empty())
      throw Error(Fault::input, fmt::format("{}: '{}' is in no such model", path.string(),
                                            tensors.matrices.begin()->first.substr(0, 100)));
  });
}

void write_clip(const std::filesystem::path& path, const ClipFile& clip) {
  std::map<std::string, const Matrix*> matrices;
  for (const auto& [name, entry] : clip.params.entries()) matrices[name] = &entry.var.value();
  io::write_safetensors(path, matrices, nlp::model_metadata(clip_kind, clip.files));
}

bool is_clip(const io::Metadata& metadata) { return nlp::is_model(clip_kind, metadata); }

Matrix embed_texts(const ClipFile& clip, std::span<const std::string> texts) {
  const NoGradient none;
  constexpr std::size_t at_once = 256;
  const nlp::SentenceVectors how{.longest = nlp::longest_sentence(clip.shape.text)};
  Matrix rows(Offset(texts.size()), clip.shape.width);
  for (std::size_t begin = 0; begin < texts.size(); begin += at_once) {
    std::vector<nlp::TokenIds> sentences;
    for (const std::string& text : texts.subspan(begin, std::min(at_once, texts.size() - begin)))
      sentences.push_back(nlp::cut_sentence(clip.tokenizer, how, clip.tokenizer.encode(text)));
    const Var part = clip.model.texts(nlp::token_batch(sentences));
    std::ranges::copy(part.value().values(), rows.row(Offset(begin)).begin());
  }
  return rows;
}

Matrix embed_images(const ClipFile& clip, const Batch& images) {
  const ImageShape shape = image_shape(images, "this model");
  const Offset channels = clip.mean.cols();
  if (shape.grid.height != clip.image || shape.grid.width != clip.image || shape.channels != channels)
    throw Error(Fault::input,
                fmt::format("this model needs images of {} x {} pixels with {} channels, got {} x {} with {}",
                            clip.image, clip.image, channels, shape.grid.height, shape.grid.width, shape.channels));
  const NoGradient none;
  const auto forward = [&](const Batch& part, const Input&, const std::optional<Rng>&) {
    Matrix x = part.x.dense().clone();
    for (Offset i = 0; i < x.rows(); ++i)
      for (Offset c = 0; c < channels; ++c) x(i, c) = (x(i, c) - clip.mean(0, c)) / clip.deviation(0, c);
    Batch scaled = part;
    scaled.x = Features(std::move(x));
    return clip.model.images(cut_patches(scaled, clip.patch));
  };
  return in_pieces({forward, int(clip.shape.width)}, 32)(images).value().clone();
}

}  // namespace pfm
