#include <pfm/nlp/masking.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace pfm::nlp {
namespace {

bool is_fixed(const SpecialTokens& s, TokenId id) { return id == s.begin || id == s.end || id == s.padding; }

// Tokens that may be chosen, a span each.
std::vector<Span> tokens_of(std::span<const TokenId> ids, const Tokenizer& t) {
  std::vector<Span> tokens;
  for (std::int32_t i = 0; i < std::int32_t(ids.size()); ++i)
    if (!is_fixed(t.special, ids[i])) tokens.push_back({i, i + 1});
  return tokens;
}

std::vector<Span> words_of(std::span<const TokenId> ids, const Tokenizer& t) {
  std::vector<Span> words;
  for (const Span token : tokens_of(ids, t)) {
    const bool goes_on =
        !words.empty() && words.back().end == token.begin && t.continues(ids[token.begin - 1], ids[token.begin]);
    if (goes_on)
      words.back().end = token.end;
    else
      words.push_back(token);
  }
  return words;
}

std::int32_t share(double rate, std::size_t n) {
  return n == 0 ? 0 : std::max(std::int32_t(1), std::int32_t(std::floor(rate * double(n) + 0.5)));
}

// Writes what stands in chosen places: one choice of kind per token or per span.
class Writing {
 public:
  Writing(std::span<const TokenId> ids, const Tokenizer& tokenizer, const MaskRule& rule, Rng rng)
      : ids_(ids.begin(), ids.end()),
        tokenizer_(tokenizer),
        rule_(rule),
        kind_(rng.split("kind")),
        token_(rng.split("token")) {
    if (tokenizer.special.mask == no_token)
      throw Error(Fault::usage, "this tokenizer has no mask token, so nothing can be masked");
  }
  void hide(Span span, bool one_choice) {
    for (std::int32_t i = span.begin; i < span.end; ++i) {
      const double u = kind_.uniform(std::uint64_t(one_choice ? span.begin : i));
      if (u < rule_.masked)
        ids_[i] = tokenizer_.special.mask;
      else if (u < rule_.masked + rule_.random)
        ids_[i] = TokenId(token_.below(std::uint64_t(i), std::uint64_t(tokenizer_.vocabulary->size())));
    }
  }
  Masked finish(std::vector<Span> spans) {
    std::ranges::sort(spans, {}, &Span::begin);
    return {std::move(ids_), std::move(spans)};
  }

 private:
  TokenIds ids_;
  const Tokenizer& tokenizer_;
  const MaskRule& rule_;
  Rng kind_, token_;
};

// 1 .. 10 with chances p (1 - p)^(k - 1) that sum to 1.
std::int32_t geometric(double u) {
  constexpr double p = 0.2;
  constexpr std::int32_t longest = 10;
  double left = u * (1 - std::pow(1 - p, longest));
  double chance = p;
  std::int32_t k = 1;
  for (; k < longest && left >= chance; ++k) left -= chance, chance *= 1 - p;
  return k;
}

}  // namespace

std::vector<std::int32_t> chosen_places(const Masked& masked) {
  std::vector<std::int32_t> places;
  for (const Span span : masked.spans)
    for (std::int32_t i = span.begin; i < span.end; ++i) places.push_back(i);
  return places;
}

std::vector<std::int32_t> place_apart(std::span<const std::int32_t> lengths, std::int32_t n, Rng rng) {
  const std::int32_t rest = n - std::accumulate(lengths.begin(), lengths.end(), 0);
  const auto count = std::int32_t(lengths.size());
  expect(count <= rest + 1, "place_apart: room between spans");
  // The other things have rest + 1 gaps around them; a gap takes one span at most.
  auto gaps = sample_without(NodeId(rest + 1), NodeId(count), rng);
  std::ranges::sort(gaps);
  std::vector<std::int32_t> begins;
  std::int32_t before = 0;
  for (std::int32_t k = 0; k < count; ++k) begins.push_back(gaps[k] + before), before += lengths[k];
  return begins;
}

Masked mask_tokens(std::span<const TokenId> ids, const Tokenizer& tokenizer, const MaskRule& rule, Rng rng) {
  Writing writing(ids, tokenizer, rule, rng);
  const std::vector<Span> tokens = tokens_of(ids, tokenizer);
  std::vector<Span> spans;
  const auto n = NodeId(tokens.size());
  for (const NodeId i : sample_without(n, std::min(n, NodeId(share(rule.rate, tokens.size()))), rng.split("choice"))) {
    spans.push_back(tokens[i]);
    writing.hide(spans.back(), false);
  }
  return writing.finish(std::move(spans));
}

Masked mask_words(std::span<const TokenId> ids, const Tokenizer& tokenizer, const MaskRule& rule, Rng rng) {
  Writing writing(ids, tokenizer, rule, rng);
  const std::vector<Span> words = words_of(ids, tokenizer);
  std::int32_t room = share(rule.rate, tokens_of(ids, tokenizer).size());
  std::vector<Span> spans;
  for (const Span word : shuffled(words, rng.split("choice"))) {
    if (word.size() > room) continue;
    room -= word.size();
    spans.push_back(word);
    writing.hide(word, false);
  }
  return writing.finish(std::move(spans));
}

Masked mask_ngrams(std::span<const TokenId> ids, const Tokenizer& tokenizer, const MaskRule& rule, Rng rng) {
  Writing writing(ids, tokenizer, rule, rng);
  const std::vector<Span> words = words_of(ids, tokenizer);
  const Rng lengths = rng.split("lengths");
  std::int32_t room = share(rule.rate, tokens_of(ids, tokenizer).size());
  std::vector<bool> chosen(words.size());
  std::vector<Span> spans;
  for (const NodeId first : permutation(NodeId(words.size()), rng.split("choice"))) {
    const double u = 11 * lengths.uniform(std::uint64_t(first));  // 1, 1/2, 1/3 are in proportion to 6, 3, 2
    const std::size_t begin = std::size_t(first), most = begin + (u < 6 ? 1 : u < 9 ? 2 : 3);
    Span span{words[begin].begin, words[begin].begin};
    for (std::size_t w = begin; w < std::min(most, words.size()) && !chosen[w] && words[w].begin == span.end &&
                                words[w].end - span.begin <= room;
         ++w)
      span.end = words[w].end, chosen[w] = true;
    if (span.size() == 0) continue;
    room -= span.size();
    spans.push_back(span);
    writing.hide(span, false);
  }
  return writing.finish(std::move(spans));
}

Masked mask_fragment(std::span<const TokenId> ids, const Tokenizer& tokenizer, const MaskRule& rule, Rng rng) {
  Writing writing(ids, tokenizer, rule, rng);
  const std::vector<Span> tokens = tokens_of(ids, tokenizer);
  const auto length = std::size_t(share(rule.rate, tokens.size()));
  const std::size_t begin = rng.split("choice").below(0, tokens.size() - length + 1);
  std::vector<Span> spans(tokens.begin() + std::ptrdiff_t(begin), tokens.begin() + std::ptrdiff_t(begin + length));
  for (const Span span : spans) writing.hide(span, false);
  return writing.finish(std::move(spans));
}

Masked mask_spans(std::span<const TokenId> ids, const Tokenizer& tokenizer, const MaskRule& rule, Rng rng) {
  Writing writing(ids, tokenizer, rule, rng);
  const std::vector<Span> words = words_of(ids, tokenizer);
  const auto n = std::int32_t(words.size());
  const Rng draws = rng.split("lengths");
  std::vector<std::int32_t> lengths;
  for (std::int32_t sum = 0, wanted = share(rule.rate, words.size()); sum < wanted;) {
    const std::int32_t length = geometric(draws.uniform(lengths.size()));
    const std::int32_t room = n - sum - std::int32_t(lengths.size());
    if (room < 1) break;
    lengths.push_back(std::min(length, room));
    sum += lengths.back();
  }
  std::vector<Span> spans;
  const auto begins = place_apart(lengths, n, rng.split("places"));
  for (std::size_t k = 0; k < lengths.size(); ++k) {
    Span span = words[begins[k]];
    for (std::int32_t w = begins[k] + 1; w < begins[k] + lengths[k] && words[w].begin == span.end; ++w)
      span.end = words[w].end;
    spans.push_back(span);
    writing.hide(span, true);
  }
  return writing.finish(std::move(spans));
}

}  // namespace pfm::nlp
