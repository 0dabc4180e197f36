#include <fmt/format.h>
#include <pfm/multimodal/clip_file.h>
#include <pfm/nlp/import_weights.h>
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
  ImageInput input;
};

// One of the towers' own configurations, within config.json.
nlp::ConfigFile tower(const nlohmann::json& all, const char* name, const std::string& label) {
  if (!all.contains(name) || !all[name].is_object())
    throw Error(Fault::input, fmt::format("{}: has no '{}', which CLIP's configuration has", label, name));
  return {all[name].dump(), fmt::format("{}: {}", label, name)};
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
               .input = image_input_of(files, image, 224, 32, {Real(0.48145466), Real(0.4578275), Real(0.40821073)},
                                       {Real(0.26862954), Real(0.26130258), Real(0.27577711)})};
  ClipShape& s = c.shape;
  check_tower(image, s.image.layers, s.image.width, s.image.heads);
  // Before 2 was mended (transformers 4.31) it stood for "the token of the largest number".
  const Offset end = text.number("eos_token_id", 2);
  s.end = nlp::TokenId(end == 2 ? s.text.vocabulary - 1 : end);
  s.grid = c.input.grid(), s.columns = c.input.columns();
  return c;
}

std::vector<AskedMatrix> asked_by(const ClipShape& s) {
  const nlp::Architecture& text = s.text;
  const TransformerSettings& image = s.image;
  return {{text.vocabulary, text.hidden},
          {text.positions, text.hidden},
          {text.hidden, std::max(text.hidden, text.inner), text.layers},
          {Offset(s.grid.height) * s.grid.width, image.width},
          {s.columns, image.width},
          {image.width, std::max<Offset>(image.width, image.feed_forward), image.layers},
          {std::max<Offset>(text.hidden, image.width), s.width}};
}

ClipFile with_weights(nlp::ModelFiles files, ClipConfig c, const std::map<std::string, Matrix>& weights,
                      const std::function<void(const Params&)>& put) {
  check_asked(asked_by(c.shape), weights, files.label("config.json"));
  nlp::Tokenizer tokenizer = nlp::read_tokenizer(files);
  if (tokenizer.vocabulary->size() > c.shape.text.vocabulary)
    throw Error(Fault::input, fmt::format("{}the tokenizer has {} tokens, but the model rows for {}", files.origin,
                                          tokenizer.vocabulary->size(), c.shape.text.vocabulary));
  nlp::SentenceVectors sentences{.longest = nlp::longest_sentence(c.shape.text)};
  room_for_text(tokenizer, sentences, files.origin);
  const Params p;
  const ClipModel model(p, c.shape);
  put(p);
  return {
      std::move(files), std::move(tokenizer), std::move(sentences), std::move(c.shape), std::move(c.input), p, model};
}

}  // namespace

ClipFile import_clip(const std::filesystem::path& folder) {
  nlp::ModelFiles files = nlp::read_model_files(folder);
  ClipConfig config = config_of(files);
  std::map<std::string, Matrix> theirs = nlp::read_weights(folder);
  std::erase_if(theirs, [](const auto& entry) { return entry.first.ends_with(".position_ids"); });  // 0, 1, 2, ..
  const ImageTensors names = clip_tensors(config.shape);
  return with_weights(std::move(files), std::move(config), theirs,
                      [&](const Params& p) { put_weights(p, names, theirs, (folder / "model.safetensors").string()); });
}

ClipFile clip_file(io::Tensors tensors, const std::filesystem::path& path) {
  nlp::ModelFiles files = nlp::model_files_in(tensors.metadata, path);
  ClipConfig config = config_of(files);
  return with_weights(std::move(files), std::move(config), tensors.matrices,
                      [&](const Params& p) { take_weights(p, std::move(tensors.matrices), path); });
}

void write_clip(const std::filesystem::path& path, const ClipFile& clip) {
  write_model(path, clip_kind, clip.params, clip.files);
}

bool is_clip(const io::Metadata& metadata) { return nlp::is_model(clip_kind, metadata); }

Matrix embed_texts(const ClipFile& clip, std::span<const nlp::TokenIds> texts) {
  const NoGradient none;
  constexpr std::size_t at_once = 256;
  Matrix rows(Offset(texts.size()), clip.shape.width);
  for (std::size_t begin = 0; begin < texts.size(); begin += at_once) {
    const auto some = texts.subspan(begin, std::min(at_once, texts.size() - begin));
    const Var part = clip.model.texts(nlp::token_batch(some));
    std::ranges::copy(part.value().values(), rows.row(Offset(begin)).begin());
  }
  return rows;
}

Matrix embed_images(const ClipFile& clip, const Batch& images) {
  return embedded_images(
      clip.input, clip.shape.width, [&](const Batch& patches) { return clip.model.images(patches); }, images);
}

}  // namespace pfm
