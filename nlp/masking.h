// Which tokens a model has to find again, and what stands in their place: masked language models.
#pragma once
#include <pfm/kernels/random.h>
#include <pfm/nlp/tokenizer.h>

namespace pfm::nlp {

// Of what is chosen, `masked` becomes the mask token, `random` a token drawn from the whole vocabulary, the rest stays.
struct MaskRule {
  double rate = 0.15, masked = 0.8, random = 0.1;
};

struct Span {
  std::int32_t begin, end;  // places [begin, end)
  std::int32_t size() const { return end - begin; }
  bool operator==(const Span&) const = default;
};

struct Masked {
  TokenIds ids;             // as many as before
  std::vector<Span> spans;  // what was chosen, ascending, apart from each other or neighbours
};
std::vector<std::int32_t> chosen_places(const Masked& masked);  // of all spans, ascending

// Tokens that frame and fill (begin, end, padding) are never chosen; `n` counts the others. A tokenizer without a mask
// token: Error(Fault::usage).

// BERT (Devlin et al. 2019, section 3.1): floor(rate n + 1/2) places, 1 at least, each set of them equally likely; a
// span each. The choice of mask, random or as it was: for each token.
Masked mask_tokens(std::span<const TokenId> ids, const Tokenizer& tokenizer, const MaskRule& rule, Rng rng);

// Whole words (Cui et al. 2019, arXiv:1906.08101): words in random order, each with all its tokens if no more than
// floor(rate n + 1/2) (1 at least) are then chosen; a span a word. Mask, random or as it was: for each token.
Masked mask_words(std::span<const TokenId> ids, const Tokenizer& tokenizer, const MaskRule& rule, Rng rng);

// ALBERT (Lan et al. 2020, arXiv:1909.11942, section 4.1): n-grams of whole words that follow each other, n of 1 .. 3
// with chances in proportion to 1 / n, at words in random order where none of their words is chosen, each cut to what
// is left of floor(rate n + 1/2) tokens (1 at least); a span an n-gram. Mask, random or as it was: for each token.
Masked mask_ngrams(std::span<const TokenId> ids, const Tokenizer& tokenizer, const MaskRule& rule, Rng rng);

// SpanBERT (Joshi et al. 2020, arXiv:1907.10529): spans of whole words whose lengths in words follow the geometric law
// p = 0.2 cut at 10 (mean 3.8), drawn until they make rate of the words; the last may go beyond. Every placement
// without two that touch is equally likely. Mask, random or as it was: for each span. (The authors cut the last span,
// and words, at the rate, which makes spans shorter than the law says.) A span ends before a token that frames or
// fills.
Masked mask_spans(std::span<const TokenId> ids, const Tokenizer& tokenizer, const MaskRule& rule, Rng rng);

// MASS (Song et al. 2019, arXiv:1905.02450): floor(rate n + 1/2) tokens (1 at least) that follow each other, from any
// place where so many are left, each equally likely; a span each. Mask, random or as it was: for each token.
Masked mask_fragment(std::span<const TokenId> ids, const Tokenizer& tokenizer, const MaskRule& rule, Rng rng);

// Where spans of these lengths lie among `n` things, at least one between two of them, every placement equally likely;
// begins in the order of `lengths`, which are in the order of the text. The lengths together and one between each two
// are at most n.
std::vector<std::int32_t> place_apart(std::span<const std::int32_t> lengths, std::int32_t n, Rng rng);

}  // namespace pfm::nlp
