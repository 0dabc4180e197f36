#include <pfm/encoders/readout.h>
#include <pfm/nlp/token_batch.h>
#include <pfm/nlp/token_stream.h>
#include <pfm/nn/classification.h>
#include <pfm/selfsup/kneser_ney.h>

#include <algorithm>
#include <cmath>

namespace pfm::nlp {
namespace {

void append(TokenIds& to, std::span<const TokenId> ids) { to.insert(to.end(), ids.begin(), ids.end()); }

struct Window {
  Offset begin, end;
  Offset first;  // the first token that is predicted in it
};

std::vector<Window> windows_over(Offset tokens, Offset length) {
  std::vector<Window> windows;
  for (Offset first = 1; first < tokens;) {
    const Offset begin = windows.empty() ? 0 : windows.back().begin + length / 2;
    windows.push_back({begin, std::min(begin + length, tokens), first});
    first = windows.back().end;
  }
  return windows;
}

}  // namespace

TokenIds between_texts(const Tokenizer& tokenizer) {
  TokenIds ids = tokenizer.encode("\n\n");
  if (ids.empty() && tokenizer.special.end != no_token) ids.push_back(tokenizer.special.end);
  return ids;
}

TokenIds joined_texts(const Batch& texts, const TokenIds& between) {
  const std::vector<Offset> segments = segments_of(texts);
  TokenIds stream;
  for (std::size_t g = 0; g + 1 < segments.size(); ++g) {
    if (g > 0) append(stream, between);
    append(stream, std::span(texts.ids).subspan(std::size_t(segments[g]), std::size_t(segments[g + 1] - segments[g])));
  }
  return stream;
}

MiniBatches stream_batches(TokenIds ids, Offset length, Offset size) {
  const auto stream = std::make_shared<const TokenIds>(std::move(ids));
  const auto tokens = Offset(stream->size());
  length = std::min(length, std::max<Offset>(tokens, 1));
  const Offset step = std::max<Offset>(1, length - 1), fitting = (tokens - 1) / step;
  const Offset count = std::max<Offset>(1, fitting - 1);  // at any begin
  const auto begins = std::uint64_t(std::max<Offset>(1, tokens - count * step));
  return {(count + size - 1) / size, [=](const Rng& rng) -> std::function<Batch(Offset)> {
            const auto begin = Offset(rng.split("begin").below(0, begins));
            const auto order =
                std::make_shared<const std::vector<NodeId>>(permutation(NodeId(count), rng.split("order")));
            return [=](Offset b) {
              std::vector<TokenIds> sequences;
              for (Offset i = b * size; i < std::min((b + 1) * size, count); ++i) {
                const auto at = stream->begin() + begin + step * Offset((*order)[std::size_t(i)]);
                sequences.emplace_back(at, at + length);
              }
              return token_batch(sequences);
            };
          }};
}

std::vector<std::int32_t> next_tokens(const Batch& batch) {
  std::vector<std::int32_t> next(batch.ids.size(), -1);
  const std::vector<Offset> segments = segments_of(batch);
  for (std::size_t g = 0; g + 1 < segments.size(); ++g)
    for (Offset i = segments[g]; i + 1 < segments[g + 1]; ++i) next[std::size_t(i)] = batch.ids[std::size_t(i) + 1];
  return next;
}

TextLikelihood windowed_code_length(const Tokenizer& tokenizer, Offset length,
                                    std::function<Var(const Batch&)> scores) {
  return [=](std::span<const std::string> documents) {
    const NoGradient predicting;
    const TokenIds between = between_texts(tokenizer);
    TokenIds stream;
    for (const std::string& document : documents) {
      if (!stream.empty()) append(stream, between);
      append(stream, tokenizer.encode(document));
    }
    CodeLength total{.nats = 0, .predictions = std::int64_t(stream.size())};
    if (stream.empty()) return total;
    total.nats = std::log(double(tokenizer.vocabulary->size())) +
                 double(std::ranges::count(stream, tokenizer.special.unknown)) * code_point_nats();
    constexpr std::size_t at_once = 64;
    const std::vector<Window> windows = windows_over(Offset(stream.size()), length);
    for (std::size_t begin = 0; begin < windows.size(); begin += at_once) {
      std::vector<TokenIds> sequences;
      std::vector<std::int32_t> targets;
      for (std::size_t w = begin; w < std::min(begin + at_once, windows.size()); ++w) {
        const Window& window = windows[w];
        sequences.emplace_back(stream.begin() + window.begin, stream.begin() + window.end);
        for (Offset i = window.begin + 1; i <= window.end; ++i)
          targets.push_back(i < window.first || i == window.end ? -1 : stream[std::size_t(i)]);
      }
      const auto asked = std::ranges::count_if(targets, [](std::int32_t t) { return t >= 0; });
      total.nats += double(cross_entropy(scores(token_batch(sequences)), targets).scalar()) * double(asked);
    }
    return total;
  };
}

}  // namespace pfm::nlp
