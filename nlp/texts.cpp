#include <fmt/format.h>
#include <pfm/encoders/readout.h>
#include <pfm/io/lines.h>
#include <pfm/kernels/parallel.h>
#include <pfm/nlp/characters.h>
#include <pfm/nlp/kept_tokenizer.h>
#include <pfm/nlp/read_vocabulary.h>
#include <pfm/nlp/texts.h>
#include <pfm/nlp/token_batch.h>
#include <pfm/nlp/train_bpe.h>
#include <pfm/nn/segments.h>
#include <pfm/nn/shape.h>

#include <algorithm>

namespace pfm::nlp {

TextOptions text_options(const Options& o, const TextOptions& fallback) {
  TextOptions t;
  t.tokenizer = o("tokenizer", fallback.tokenizer.c_str());
  t.vocabulary = o("vocabulary", fallback.vocabulary);
  t.length = o("length", fallback.length);
  t.pool = o("pool", fallback.pool.c_str());
  constexpr int letters_and_special = 261;
  if (t.vocabulary < letters_and_special)
    throw Error(Fault::usage, fmt::format("option vocabulary: at least {}, the bytes and the special tokens, not {}",
                                          letters_and_special, t.vocabulary));
  if (t.length < 8) throw Error(Fault::usage, fmt::format("option length: at least 8, not {}", t.length));
  if (t.pool != "mean" && t.pool != "first" && t.pool != "last")
    throw Error(Fault::usage, fmt::format("option pool: expected mean, first or last, got \"{}\"", t.pool));
  return t;
}

NetworkOptions network_options(const Options& o, const Architecture& fallback, double dropout) {
  NetworkOptions n{fallback, {}};
  Architecture& a = n.architecture;
  a.layers = o("layers", int(fallback.layers));
  a.hidden = o("hidden", int(fallback.hidden));
  a.heads = o("heads", int(fallback.heads));
  a.inner = o("inner", int(fallback.inner));
  dropout = o("dropout", dropout);
  if (a.layers < 1 || a.hidden < 1 || a.heads < 1 || a.inner < 0)
    throw Error(Fault::usage, "options layers, hidden, heads: at least 1, inner not below 0");
  if (!(dropout >= 0 && dropout < 1)) throw Error(Fault::usage, "option dropout: from 0 to below 1");
  if (a.inner == 0) a.inner = 4 * a.hidden;
  if (fallback.embedding == 0) a.embedding = a.hidden;
  if (fallback.groups == 0) a.groups = a.layers;
  n.settings.dropout = n.settings.attention_dropout = Real(dropout);
  return n;
}

void need_texts(const Dataset& data, const std::string& method) {
  if (!data.texts.empty() && Offset(data.texts.size()) == data.graphs()) return;
  throw Error(Fault::input,
              fmt::format("{}: {} learns from texts, and this data set has none; `pfm convert text` makes "
                          "one of a file of documents, `pfm convert labelled-texts` of sentences with "
                          "classes",
                          data.name, method));
}

static KeptTokenizer learned_tokenizer(const TextOptions& text, const std::vector<std::string>& texts) {
  if (text.tokenizer == "characters") {
    std::set<char32_t> seen{U'\n'};  // stands between documents
    for (const std::string& t : texts) collect_characters(seen, t);
    return {"characters", character_texts(seen)};
  }
  if (text.tokenizer == "bytes") {
    WordCounts words;
    for (const std::string& t : texts) count_byte_words(words, t);
    LearnedBpe learned = learn_bpe(words, std::size_t(text.vocabulary));
    return {"bytes", std::move(learned.texts), std::move(learned.merges)};
  }
  if (!std::filesystem::exists(text.tokenizer))
    throw Error(
        Fault::usage,
        fmt::format("option tokenizer: expected characters, bytes or a file vocab.txt, got \"{}\"", text.tokenizer));
  io::Lines lines(text.tokenizer);
  return {"word-piece", read_token_lines(lines)};
}

Tokenizer tokenizer_from(const TextOptions& text, const Dataset& data, const Options& o) {
  const std::string kept = o.learned("tokenizer", [&] { return to_text(learned_tokenizer(text, data.texts)); });
  return tokenizer_of(kept_tokenizer(kept, data.name), fmt::format("the tokenizer of {}", data.name));
}

Preparation tokens_of_texts(const Tokenizer& tokenizer) {
  return Preparation([=](const Dataset& data) {
    std::vector<TokenIds> ids(data.texts.size());
    parallel_for(Offset(ids.size()), 64, [&](Offset begin, Offset end) {
      for (Offset i = begin; i < end; ++i) ids[std::size_t(i)] = tokenizer.encode(data.texts[std::size_t(i)]);
    });
    Batch batch = token_batch(ids);
    batch.samples = data.all.samples;
    return batch;
  });
}

namespace {

// Texts cut into framed pieces, and which rows of the pieces together are of which text.
struct Pieces {
  std::vector<TokenIds> ids;
  std::vector<Offset> texts{0};
};

Pieces pieces_of(const Batch& batch, std::span<const Offset> segments, const Frame& frame, Offset length) {
  const Offset room = length - Offset(frame.before.size() + frame.behind.size());
  Pieces pieces;
  for (std::size_t g = 0; g + 1 < segments.size(); ++g) {
    Offset rows = pieces.texts.back();
    for (Offset begin = segments[g]; begin < segments[g + 1]; begin += room) {
      const Offset end = std::min(begin + room, segments[g + 1]);
      TokenIds& piece = pieces.ids.emplace_back(frame.before);
      piece.insert(piece.end(), batch.ids.begin() + begin, batch.ids.begin() + end);
      piece.insert(piece.end(), frame.behind.begin(), frame.behind.end());
      rows += Offset(piece.size());
    }
    pieces.texts.push_back(rows);
  }
  return pieces;
}

Var pooled_rows(const Var& rows, std::span<const Offset> texts, const std::string& pool) {
  if (pool == "mean") return segment_means(rows, texts);
  std::vector<NodeId> which;
  for (std::size_t g = 0; g + 1 < texts.size(); ++g)
    which.push_back(NodeId(texts[g] == texts[g + 1] ? -1 : pool == "first" ? texts[g] : texts[g + 1] - 1));
  return gather_rows(rows, which);
}

}  // namespace

Encoder text_vectors(const TextEncoder& network, const Tokenizer& tokenizer, const TextOptions& text) {
  const auto of_texts = [=](const Batch& batch, std::span<const Offset> segments, const std::optional<Rng>& rng) {
    const Pieces pieces = pieces_of(batch, segments, tokenizer.frame, text.length);
    return pooled_rows(network(text_rows(network.architecture, token_batch(pieces.ids)), rng), pieces.texts, text.pool);
  };
  const auto forward = [=](const Batch& batch, const Input&, const std::optional<Rng>& rng) {
    constexpr Offset at_once = 1 << 14;  // tokens
    const std::vector<Offset> segments = segments_of(batch);
    std::vector<Var> parts;
    for (std::size_t begin = 0; begin + 1 < segments.size();) {
      std::size_t end = begin + 1;
      while (end + 1 < segments.size() && (!NoGradient::active() || segments[end + 1] - segments[begin] <= at_once))
        ++end;
      parts.push_back(of_texts(batch, std::span(segments).subspan(begin, end - begin + 1), rng));
      begin = end;
    }
    return parts.size() == 1 ? parts[0] : concat_rows(parts);
  };
  return {forward, int(network.architecture.hidden)};
}

}  // namespace pfm::nlp
