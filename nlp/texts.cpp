#include <fmt/format.h>
#include <pfm/encoders/readout.h>
#include <pfm/graph/text_samples.h>
#include <pfm/io/lines.h>
#include <pfm/kernels/parallel.h>
#include <pfm/nlp/characters.h>
#include <pfm/nlp/json_file.h>
#include <pfm/nlp/kept_tokenizer.h>
#include <pfm/nlp/read_vocabulary.h>
#include <pfm/nlp/texts.h>
#include <pfm/nlp/token_batch.h>
#include <pfm/nlp/tokenizer_json.h>
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
  t.targets = targets_from(o);
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
  if (texts_of_a_sample(data) > 0) return;
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
  const std::string origin = fmt::format("the tokenizer of {}", data.name);
  return tokenizer_of(parse_json(kept, origin), origin);
}

Preparation tokens_of_texts(const Tokenizer& tokenizer) {
  return Preparation([=](const Dataset& data) {
    const auto texts = std::size_t(std::max(1, texts_of_a_sample(data)));
    std::vector<FramedPair> samples(data.texts.size() / texts);
    parallel_for(Offset(samples.size()), 64, [&](Offset begin, Offset end) {
      for (auto g = std::size_t(begin); g < std::size_t(end); ++g)
        for (std::size_t t = 0; t < texts; ++t) {
          const TokenIds ids = tokenizer.encode(data.texts[texts * g + t]);
          samples[g].ids.insert(samples[g].ids.end(), ids.begin(), ids.end());
          samples[g].segments.resize(samples[g].ids.size(), std::int8_t(t));
        }
    });
    Batch batch = token_batch(samples);
    batch.samples = data.all.samples;
    return batch;
  });
}

namespace {

// Samples as framed pieces, and which rows of the pieces together are of which sample.
struct Pieces {
  std::vector<FramedPair> framed;
  std::vector<Offset> samples{0};
};

// A text is cut into pieces that fit, a pair to what fits. `second`: texts_of_rows().
Pieces pieces_of(const Batch& batch, std::span<const Offset> segments, std::span<const NodeId> second,
                 const Frame& frame, Offset length) {
  const Offset room = length - Offset(frame.before.size() + frame.behind.size());
  const auto ids = [&](Offset begin, Offset end) {
    return TokenIds(batch.ids.begin() + begin, batch.ids.begin() + end);
  };
  Pieces pieces;
  for (std::size_t g = 0; g + 1 < segments.size(); ++g) {
    const std::size_t first = pieces.framed.size();
    Offset begin = segments[g], end = segments[g + 1], cut = end;
    if (!second.empty()) cut = std::find(second.begin() + begin, second.begin() + end, 1) - second.begin();
    if (cut < end)
      pieces.framed.push_back(
          framed_pair(frame, ids(begin, cut), ids(cut, end), std::size_t(length), Truncation::longest_first));
    else
      for (; begin < end; begin += room)
        pieces.framed.push_back(framed_text(frame, ids(begin, std::min(begin + room, end))));
    Offset rows = pieces.samples.back();
    for (std::size_t i = first; i < pieces.framed.size(); ++i) rows += Offset(pieces.framed[i].ids.size());
    pieces.samples.push_back(rows);
  }
  return pieces;
}

Var pooled_rows(const Var& rows, std::span<const Offset> samples, const std::string& pool) {
  if (pool == "mean") return segment_means(rows, samples);
  std::vector<NodeId> which;
  for (std::size_t g = 0; g + 1 < samples.size(); ++g)
    which.push_back(NodeId(samples[g] == samples[g + 1] ? -1 : pool == "first" ? samples[g] : samples[g + 1] - 1));
  return gather_rows(rows, which);
}

}  // namespace

Encoder text_vectors(const TextEncoder& network, const Tokenizer& tokenizer, const TextOptions& text) {
  const auto pooled = [=](const Pieces& pieces, const std::optional<Rng>& rng) {
    const Var rows = network(text_rows(network.architecture, token_batch(pieces.framed)), rng);
    return pooled_rows(rows, pieces.samples, text.pool);
  };
  const auto forward = [=](const Batch& batch, const Input&, const std::optional<Rng>& rng) {
    constexpr Offset at_once = 1 << 14;  // tokens
    const std::vector<Offset> segments = segments_of(batch);
    const std::vector<NodeId> second = texts_of_rows(batch);
    std::vector<Var> parts;
    for (std::size_t begin = 0; begin + 1 < segments.size();) {
      std::size_t end = begin + 1;
      while (end + 1 < segments.size() && (!NoGradient::active() || segments[end + 1] - segments[begin] <= at_once))
        ++end;
      const auto some = std::span(segments).subspan(begin, end - begin + 1);
      parts.push_back(pooled(pieces_of(batch, some, second, tokenizer.frame, text.length), rng));
      begin = end;
    }
    return parts.size() == 1 ? parts[0] : concat_rows(parts);
  };
  return {forward, int(network.architecture.hidden)};
}

}  // namespace pfm::nlp
