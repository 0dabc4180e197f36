#include <fmt/format.h>
#include <pfm/nlp/byte_bpe.h>
#include <pfm/nlp/characters.h>
#include <pfm/nlp/kept_tokenizer.h>
#include <pfm/nlp/word_piece.h>

#include <nlohmann/json.hpp>

namespace pfm::nlp {

using Json = nlohmann::json;

std::string to_text(const KeptTokenizer& kept) {
  Json json{{"kind", kept.kind}, {"tokens", kept.tokens}};
  if (!kept.merges.empty()) json["merges"] = kept.merges;
  return json.dump();
}

bool is_kept_tokenizer(const Json& root) { return root.is_object() && root.contains("kind"); }

KeptTokenizer kept_tokenizer(const Json& json, const std::string& origin) try {
  KeptTokenizer kept{json.at("kind"), json.at("tokens").get<std::vector<std::string>>()};
  if (json.contains("merges")) kept.merges = json.at("merges").get<MergeTexts>();
  return kept;
} catch (const Json::exception& e) {
  throw Error(Fault::input, fmt::format("{}: its tokenizer is damaged: {}", origin, e.what()));
}

Tokenizer tokenizer_of(const KeptTokenizer& kept, const std::string& origin) {
  const auto vocabulary = std::make_shared<const Vocabulary>(kept.tokens, origin);
  if (kept.kind == "characters") return characters(vocabulary);
  if (kept.kind == "bytes") return byte_bpe(vocabulary, kept.merges, PrefixSpace::none, origin);
  if (kept.kind == "word-piece") return word_piece(vocabulary, Case::lower);
  throw Error(Fault::input, fmt::format("{}: a tokenizer of kind \"{}\", expected characters, bytes or word-piece",
                                        origin, kept.kind));
}

}  // namespace pfm::nlp
