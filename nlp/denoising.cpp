#include <pfm/nlp/denoising.h>
#include <pfm/nlp/masking.h>

#include <algorithm>
#include <cmath>

namespace pfm::nlp {
namespace {

std::int32_t poisson(double u) {
  constexpr double mean = 3;
  constexpr std::int32_t beyond_doubles = 40;  // chances of larger ones are below the steps of u
  double chance = std::exp(-mean);
  std::int32_t k = 0;
  for (; k < beyond_doubles && u >= chance; ++k) u -= chance, chance *= mean / (k + 1);
  return k;
}

}  // namespace

TokenIds infill(std::span<const TokenId> ids, const Tokenizer& tokenizer, double rate, Rng rng) {
  if (tokenizer.special.mask == no_token)
    throw Error(Fault::usage, "this tokenizer has no mask token, so nothing can be left out");
  const auto n = std::int32_t(ids.size()), wanted = std::int32_t(std::floor(rate * n + 0.5));
  const Rng draws = rng.split("lengths");
  std::vector<std::int32_t> lengths;
  for (std::int32_t sum = 0; sum < wanted;) {
    const std::int32_t room = n - sum - std::int32_t(lengths.size());
    if (room < 0) break;
    lengths.push_back(std::min(poisson(draws.uniform(lengths.size())), room));
    sum += lengths.back();
  }
  const auto begins = place_apart(lengths, n, rng.split("places"));
  TokenIds result;
  std::int32_t next = 0;
  for (std::size_t k = 0; k < lengths.size(); ++k) {
    result.insert(result.end(), ids.begin() + next, ids.begin() + begins[k]);
    result.push_back(tokenizer.special.mask);
    next = begins[k] + lengths[k];
  }
  result.insert(result.end(), ids.begin() + next, ids.end());
  return result;
}

TokenIds permute_sentences(std::span<const TokenId> ids, TokenId end, Rng rng) {
  std::vector<std::span<const TokenId>> sentences;
  for (std::size_t begin = 0, i = 0; i < ids.size(); ++i)
    if (ids[i] == end || i + 1 == ids.size()) sentences.push_back(ids.subspan(begin, i + 1 - begin)), begin = i + 1;
  TokenIds result;
  for (const auto sentence : shuffled(sentences, rng)) result.insert(result.end(), sentence.begin(), sentence.end());
  return result;
}

SegmentPair exchange_segments(TokenIds first, TokenIds second, Rng rng) {
  const bool exchange = rng.below(0, 2) == 1;
  if (exchange) std::swap(first, second);
  return {std::move(first), std::move(second), exchange};
}

}  // namespace pfm::nlp
