#include <fmt/format.h>
#include <pfm/io/lines.h>
#include <pfm/nlp/byte_bpe.h>
#include <pfm/nlp/clip_bpe.h>
#include <pfm/nlp/json_file.h>
#include <pfm/nlp/kept_tokenizer.h>
#include <pfm/nlp/read_vocabulary.h>
#include <pfm/nlp/tokenizer_json.h>
#include <pfm/nlp/word_piece.h>

#include <algorithm>

namespace pfm::nlp {
namespace {

using Json = nlohmann::json;

// One file while it is taken apart.
class Reading {
 public:
  Reading(Json root, std::string origin) : origin_(std::move(origin)), root_(std::move(root)) {}

  Tokenizer run() {
    if (!root_.is_object()) fail("found no object, expected a tokenizer");
    const std::string kind = text(at(root_, "model"), "type", "");
    read_tokens();
    Tokenizer t = kind == "WordPiece" ? word_piece_model() : kind == "BPE" ? bpe_model() : unknown(kind);
    read_frame(t);
    return t;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { throw Error(Fault::input, origin_ + ": " + what); }
  Tokenizer unknown(const std::string& kind) const {
    fail(fmt::format("its model is {}, expected WordPiece or BPE{}", io::excerpt(kind),
                     kind == "Unigram" ? "; the *.model it was made from can be read" : ""));
  }

  // What stands at `name`; null where nothing does.
  static const Json& at(const Json& object, const char* name) {
    static const Json null;
    const auto found = object.is_object() ? object.find(name) : object.end();
    return object.is_object() && found != object.end() ? *found : null;
  }
  std::string text(const Json& object, const char* name, const std::string& otherwise) const {
    const Json& value = at(object, name);
    if (value.is_null()) return otherwise;
    if (!value.is_string()) fail(fmt::format("'{}' is {}, expected a text", name, io::excerpt(value.dump())));
    return value.get<std::string>();
  }
  bool flag(const Json& object, const char* name, bool otherwise) const {
    const Json& value = at(object, name);
    if (value.is_null()) return otherwise;
    if (!value.is_boolean()) fail(fmt::format("'{}' is {}, expected true or false", name, io::excerpt(value.dump())));
    return value.get<bool>();
  }
  void require(bool holds, const char* expected) const {
    if (!holds) fail(fmt::format("another way to make tokens than this program knows: expected {}", expected));
  }

  // The model's vocabulary and the added tokens, which may go on behind it.
  void read_tokens() {
    texts_ = token_texts(at(at(root_, "model"), "vocab"), origin_ + ": vocab");
    const Json& added = at(root_, "added_tokens");
    if (!added.is_array() && !added.is_null()) fail("'added_tokens' is no list");
    for (const Json& token : added) {
      const std::string content = text(token, "content", "");
      const Json& number = at(token, "id");
      const std::uint64_t id = number.is_number_unsigned() ? number.get<std::uint64_t>() : texts_.size() + 1;
      if (id == texts_.size()) texts_.push_back(content);
      if (id > texts_.size() || content.empty() || texts_[id] != content)
        fail(fmt::format("added token {} has id {}, which is another token's or leaves a gap", io::excerpt(content),
                         io::excerpt(number.dump())));
      require(!flag(token, "single_word", false), "added tokens that may stand within words");
      plain_added_ = plain_added_ || (!flag(token, "special", false) && flag(token, "normalized", true));
      added_.push_back({TokenId(id), flag(token, "lstrip", false), flag(token, "rstrip", false)});
    }
    vocabulary_ = std::make_shared<const Vocabulary>(std::move(texts_), origin_);
  }

  Tokenizer word_piece_model() const {
    const Json &model = at(root_, "model"), &normal = at(root_, "normalizer");
    require(text(model, "unk_token", "[UNK]") == "[UNK]" && text(model, "continuing_subword_prefix", "##") == "##",
            "[UNK] and ## in WordPiece");
    const Json& longest = at(model, "max_input_chars_per_word");
    require(longest.is_null() || longest == 100, "words of at most 100 characters");
    require(text(normal, "type", "") == "BertNormalizer" && flag(normal, "clean_text", true) &&
                flag(normal, "handle_chinese_chars", true),
            "a BertNormalizer that cleans texts and sets ideographs apart");
    require(text(at(root_, "pre_tokenizer"), "type", "") == "BertPreTokenizer", "a BertPreTokenizer");
    const bool lower = flag(normal, "lowercase", true);
    require(flag(normal, "strip_accents", lower) == lower, "accents that go with upper case, or stay with it");
    require(!(lower && plain_added_), "added tokens that are special, or texts as they are");
    return word_piece(vocabulary_, lower ? Case::lower : Case::kept, added_);
  }

  Tokenizer bpe_model() const {
    const Json& model = at(root_, "model");
    for (const char* off : {"dropout", "fuse_unk", "byte_fallback", "ignore_merges"})
      require(at(model, off).is_null() || at(model, off) == false || at(model, off) == 0,
              "BPE without dropout, fuse_unk, byte_fallback, ignore_merges");
    require(text(model, "continuing_subword_prefix", "").empty(), "BPE without a prefix of subwords");
    const std::string end = text(model, "end_of_word_suffix", "");
    if (end == "</w>") return clip_model();
    const Json& words = at(root_, "pre_tokenizer");
    require(end.empty() && text(words, "type", "") == "ByteLevel" && flag(words, "use_regex", true) &&
                at(root_, "normalizer").is_null(),
            "BPE over bytes as in GPT-2, without a normalizer, or CLIP's with </w>");
    const PrefixSpace prefix = flag(words, "add_prefix_space", true) ? PrefixSpace::added : PrefixSpace::none;
    return byte_bpe(vocabulary_, merges(), prefix, origin_, added_);
  }

  Tokenizer clip_model() const {
    constexpr const char* expected =
        "CLIP's normalizers NFC, Replace, Lowercase and its words by Split, then ByteLevel without a space before";
    const Json &normal = at(root_, "normalizer"), &words = at(root_, "pre_tokenizer");
    const auto types = [&](const Json& sequence, const char* list) {
      std::string all;
      require(at(sequence, list).is_array(), expected);
      for (const Json& part : at(sequence, list)) all += text(part, "type", "") + " ";
      return all;
    };
    require(types(normal, "normalizers") == "NFC Replace Lowercase ", expected);
    require(types(words, "pretokenizers") == "Split ByteLevel ", expected);
    const Json& split = at(words, "pretokenizers")[0];
    require(text(at(split, "pattern"), "Regex", "") == R"('s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+)" &&
                text(split, "behavior", "") == "Removed" && flag(split, "invert", false),
            expected);
    require(!flag(at(words, "pretokenizers")[1], "add_prefix_space", true), expected);
    return clip_bpe(vocabulary_, merges(), origin_, added_);
  }

  // Written "a b", since 2024 also ["a", "b"].
  MergeTexts merges() const {
    MergeTexts result;
    const Json& list = at(at(root_, "model"), "merges");
    if (!list.is_array()) fail("'merges' is no list");
    for (const Json& merge : list) {
      std::string left, right;
      if (merge.is_string())
        std::tie(left, right) = io::cut(merge.get_ref<const std::string&>(), ' ');
      else if (merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string())
        left = merge[0], right = merge[1];
      if (left.empty() || right.empty())
        fail(fmt::format("merge {}: found {}, expected two tokens", result.size() + 1, io::excerpt(merge.dump())));
      result.emplace_back(std::move(left), std::move(right));
    }
    return result;
  }

  void read_frame(Tokenizer& t) const {
    const Json& post = at(root_, "post_processor");
    const std::string type = text(post, "type", "ByteLevel");
    t.frame = {};
    if (type == "ByteLevel") return;
    if (type == "TemplateProcessing") return read_template(t, post);
    require(type == "BertProcessing" || type == "RobertaProcessing",
            "a post-processor ByteLevel, TemplateProcessing, BertProcessing or RobertaProcessing");
    const TokenId begin = named(at(post, "cls")), end = named(at(post, "sep"));
    t.frame = {.before = {begin}, .between = {end}, .behind = {end}};
    if (type == "RobertaProcessing") t.frame.between = {end, end};
    if (vocabulary_->text(end) == "<|endoftext|>") t.frame.between = {end, begin};
  }
  TokenId named(const Json& pair) const {
    if (!pair.is_array() || pair.empty() || !pair[0].is_string()) fail("the post-processor names no token");
    return vocabulary_->need(pair[0].get_ref<const std::string&>());
  }

  // Special tokens before, between and behind the texts A and B.
  std::vector<TokenIds> around(const Json& list) const {
    std::vector<TokenIds> gaps(1);
    if (!list.is_array()) fail("the post-processor's template is no list");
    for (const Json& piece : list) {
      const Json &special = at(piece, "SpecialToken"), &sequence = at(piece, "Sequence");
      require(special.is_object() != sequence.is_object(), "a template of tokens and texts");
      if (special.is_object()) gaps.back().push_back(vocabulary_->need(text(special, "id", "")));
      if (!sequence.is_object()) continue;
      require(text(sequence, "id", "") == (gaps.size() == 1 ? "A" : "B"), "a template with text A before B");
      gaps.emplace_back();
    }
    return gaps;
  }
  void read_template(Tokenizer& t, const Json& post) const {
    const auto one = around(at(post, "single")), two = around(at(post, "pair"));
    require(one.size() == 2 && two.size() == 3 && one[0] == two[0] && one[1] == two[2],
            "templates of one text and of two that begin and end alike");
    t.frame = {.before = two[0], .between = two[1], .behind = two[2]};
  }

  std::string origin_;
  Json root_;
  std::vector<std::string> texts_;
  std::vector<SpecialSpelling::Special> added_;
  bool plain_added_ = false;  // an added token that is looked for in normalised texts
  std::shared_ptr<const Vocabulary> vocabulary_;
};

}  // namespace

Tokenizer read_tokenizer_json(const std::filesystem::path& path) {
  return tokenizer_of(read_json(path), path.string());
}

Tokenizer tokenizer_of(Json root, const std::string& origin) {
  if (is_kept_tokenizer(root)) return tokenizer_of(kept_tokenizer(root, origin), origin);
  return Reading(std::move(root), origin).run();
}

}  // namespace pfm::nlp
