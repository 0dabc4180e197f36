#include <fmt/format.h>
#include <pfm/nlp/byte_bpe.h>
#include <pfm/nlp/clip_bpe.h>
#include <pfm/nlp/json_file.h>
#include <pfm/nlp/read_tokenizer.h>
#include <pfm/nlp/read_vocabulary.h>
#include <pfm/nlp/sentence_piece.h>
#include <pfm/nlp/tokenizer_json.h>
#include <pfm/nlp/word_piece.h>

#include <algorithm>

namespace pfm::nlp {
namespace {

namespace fs = std::filesystem;

bool is_there(const fs::path& path) {
  std::error_code none;
  return fs::exists(path, none);
}

bool setting(const fs::path& folder, const char* name, bool otherwise) {
  const fs::path path = folder / "tokenizer_config.json";
  if (!is_there(path)) return otherwise;
  const nlohmann::json config = read_json(path);
  if (!config.is_object() || !config.contains(name) || config[name].is_null()) return otherwise;
  if (!config[name].is_boolean())
    throw Error(Fault::input, fmt::format("{}: '{}' is not true or false", path.string(), name));
  return config[name].get<bool>();
}

Tokenizer from_vocabulary_and_merges(const fs::path& folder) {
  const fs::path tokens = folder / "vocab.json", merges = folder / "merges.txt";
  auto vocabulary = std::make_shared<const Vocabulary>(read_token_json(tokens), tokens.string());
  if (vocabulary->find("<|startoftext|>") != no_token)
    return clip_bpe(vocabulary, read_merges(merges), merges.string());
  const bool prefix = setting(folder, "add_prefix_space", false);
  return byte_bpe(vocabulary, read_merges(merges), prefix ? PrefixSpace::added : PrefixSpace::none, merges.string());
}

fs::path only_model(const fs::path& folder) {
  std::vector<fs::path> models;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none))
    if (entry.path().extension() == ".model") models.push_back(entry.path());
  if (models.size() == 1) return models.front();
  throw Error(Fault::input,
              fmt::format("{}: found {} files *.model and nothing else that makes tokens, expected tokenizer.json, "
                          "vocab.json with merges.txt, vocab.txt, or one *.model",
                          folder.string(), models.size()));
}

}  // namespace

Tokenizer read_tokenizer(const fs::path& path) {
  std::error_code none;
  if (!fs::is_directory(path, none)) {
    if (path.extension() == ".json") return read_tokenizer_json(path);
    if (path.extension() == ".model") return read_sentence_piece(path);
    return read_word_piece(path, Case::lower);
  }
  if (is_there(path / "tokenizer.json")) return read_tokenizer_json(path / "tokenizer.json");
  if (is_there(path / "vocab.json")) return from_vocabulary_and_merges(path);
  if (is_there(path / "vocab.txt"))
    return read_word_piece(path / "vocab.txt", setting(path, "do_lower_case", true) ? Case::lower : Case::kept);
  return read_sentence_piece(only_model(path));
}

}  // namespace pfm::nlp
