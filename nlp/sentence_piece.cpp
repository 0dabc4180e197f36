#include <fmt/format.h>
#include <pfm/io/text.h>
#include <pfm/nlp/piece_model.h>
#include <pfm/nlp/sentence_piece.h>
#include <pfm/nlp/special_roles.h>

#ifdef PFM_SENTENCEPIECE
#include <sentencepiece_processor.h>

namespace sentencepiece::logging {
void SetMinLogLevel(int level);  // of the library, but in none of its headers
}
#endif

namespace pfm::nlp {

#ifdef PFM_SENTENCEPIECE
namespace {

using Processor = sentencepiece::SentencePieceProcessor;

std::shared_ptr<const Processor> load(const std::string& bytes, const std::string& origin) {
  constexpr int only_what_ends_the_program = 3;
  sentencepiece::logging::SetMinLogLevel(only_what_ends_the_program);  // a library does not print
  auto processor = std::make_shared<Processor>();
  std::string why;
  try {
    if (const auto status = processor->LoadFromSerializedProto(bytes); !status.ok()) why = status.ToString();
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& e) {  // what its tries throw of pieces that they cannot hold
    why = e.what();
  }
  if (!why.empty())
    throw Error(Fault::input, fmt::format("{}: the library SentencePiece refuses the model: {}", origin, why));
  return processor;
}

// A sound model can encode every text and decode all its ids.
void demand(const sentencepiece::util::Status& status, const std::string& origin) {
  if (!status.ok()) throw Error(Fault::input, fmt::format("{}: a damaged model: {}", origin, status.ToString()));
}

TokenId either(const Vocabulary& vocabulary, std::string_view one, std::string_view other) {
  const TokenId id = vocabulary.find(one);
  return id == no_token ? vocabulary.find(other) : id;
}

}  // namespace

bool reads_sentence_piece() { return true; }

Tokenizer sentence_piece(const std::string& bytes, const std::string& origin) {
  constexpr std::string_view space = "\xE2\x96\x81";  // U+2581
  Tokenizer t;
  auto vocabulary = std::make_shared<const Vocabulary>(checked_pieces(bytes, origin), origin);
  const auto model = load(bytes, origin);
  if (model->GetPieceSize() != vocabulary->size())
    throw Error(Fault::input, fmt::format("{}: {} pieces, but the library SentencePiece finds {}", origin,
                                          vocabulary->size(), model->GetPieceSize()));
  t.vocabulary = vocabulary;
  t.special = {.unknown = model->unk_id(),
               .padding = model->pad_id(),
               .mask = either(*vocabulary, "[MASK]", "<mask>"),
               .begin = model->bos_id(),
               .end = model->eos_id()};
  const TokenId first = vocabulary->find("[CLS]"), last = vocabulary->find("[SEP]");
  if (first != no_token && last != no_token) {
    t.special.begin = first, t.special.end = last;
    t.frame = bert_frame(t.special);
  }
  t.encode = [=](std::string_view text) {
    TokenIds ids;
    demand(model->Encode(text, &ids), origin);
    return ids;
  };
  t.decode = [=](std::span<const TokenId> ids) {
    for (const TokenId id : ids) expect(id >= 0 && id < vocabulary->size(), "SentencePiece: an id that it has");
    std::string text;
    demand(model->Decode(TokenIds(ids.begin(), ids.end()), &text), origin);
    return text;
  };
  t.continues = [=, special = t.special](TokenId before, TokenId id) {
    return !special.has(before) && !special.has(id) && !vocabulary->text(id).starts_with(space);
  };
  return t;
}

#else

bool reads_sentence_piece() { return false; }

Tokenizer sentence_piece(const std::string&, const std::string& origin) {
  throw Error(Fault::usage, fmt::format("{}: SentencePiece models need its library, and this pfm was built without it: "
                                        "install Debian's libsentencepiece-dev, then run cmake and build again",
                                        origin));
}

#endif

Tokenizer read_sentence_piece(const std::filesystem::path& path) {
  return sentence_piece(io::read_file(path), path.string());
}

}  // namespace pfm::nlp
