#include <fmt/format.h>
#include <pfm/nlp/byte_bpe.h>
#include <pfm/nlp/clip_bpe.h>
#include <pfm/nlp/json_file.h>
#include <pfm/nlp/read_tokenizer.h>
#include <pfm/nlp/read_vocabulary.h>
#include <pfm/nlp/sentence_piece.h>
#include <pfm/nlp/tokenizer_json.h>
#include <pfm/nlp/word_piece.h>

namespace pfm::nlp {
namespace {

namespace fs = std::filesystem;

nlohmann::json json_in(const ModelFiles& files, const char* name) {
  return parse_json(files.at(name), files.label(name));
}

io::Lines lines_in(const ModelFiles& files, const char* name) { return {files.label(name), files.at(name)}; }

bool setting(const ModelFiles& files, const char* name, bool otherwise) {
  constexpr const char* file = "tokenizer_config.json";
  if (!files.has(file)) return otherwise;
  const nlohmann::json config = json_in(files, file);
  if (!config.is_object() || !config.contains(name) || config[name].is_null()) return otherwise;
  if (!config[name].is_boolean())
    throw Error(Fault::input, fmt::format("{}: '{}' is not true or false", files.label(file), name));
  return config[name].get<bool>();
}

Tokenizer from_vocabulary_and_merges(const ModelFiles& files) {
  const std::string tokens = files.label("vocab.json");
  auto vocabulary = std::make_shared<const Vocabulary>(token_texts(json_in(files, "vocab.json"), tokens), tokens);
  io::Lines lines = lines_in(files, "merges.txt");
  const MergeTexts merges = read_merges(lines);
  if (vocabulary->find("<|startoftext|>") != no_token) return clip_bpe(vocabulary, merges, lines.name());
  const bool prefix = setting(files, "add_prefix_space", false);
  return byte_bpe(vocabulary, merges, prefix ? PrefixSpace::added : PrefixSpace::none, lines.name());
}

Tokenizer from_word_pieces(const ModelFiles& files) {
  io::Lines lines = lines_in(files, "vocab.txt");
  const auto vocabulary = std::make_shared<const Vocabulary>(read_token_lines(lines), lines.name());
  return word_piece(vocabulary, setting(files, "do_lower_case", true) ? Case::lower : Case::kept);
}

Tokenizer from_only_model(const ModelFiles& files) {
  std::vector<std::string> models;
  for (const auto& [name, content] : files.contents)
    if (name.ends_with(".model")) models.push_back(name);
  if (models.size() == 1) return sentence_piece(files.at(models.front()), files.label(models.front()));
  throw Error(Fault::input,
              fmt::format("{}: found {} files *.model and nothing else that makes tokens, expected tokenizer.json, "
                          "vocab.json with merges.txt, vocab.txt, or one *.model",
                          files.origin, models.size()));
}

}  // namespace

Tokenizer read_tokenizer(const ModelFiles& files) {
  if (files.has("tokenizer.json")) return tokenizer_of(json_in(files, "tokenizer.json"), files.label("tokenizer.json"));
  if (files.has("vocab.json")) return from_vocabulary_and_merges(files);
  if (files.has("vocab.txt")) return from_word_pieces(files);
  return from_only_model(files);
}

Tokenizer read_tokenizer(const fs::path& path) {
  std::error_code none;
  if (fs::is_directory(path, none)) return read_tokenizer(read_model_files(path));
  if (path.extension() == ".json") return read_tokenizer_json(path);
  if (path.extension() == ".model") return read_sentence_piece(path);
  return read_word_piece(path, Case::lower);
}

}  // namespace pfm::nlp
