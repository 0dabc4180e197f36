#include <pfm/encoders/readout.h>
#include <pfm/nlp/masking.h>
#include <pfm/nlp/prediction_order.h>

#include <algorithm>

namespace pfm::nlp {
namespace {

constexpr std::int32_t longest_span = 5;

std::vector<std::int32_t> span_lengths(std::int32_t total, const Rng& rng) {
  std::vector<std::int32_t> lengths;
  for (std::int32_t left = total; left > 0; left -= lengths.back())
    lengths.push_back(std::min(left, 1 + std::int32_t(rng.below(lengths.size(), longest_span))));
  return lengths;
}

}  // namespace

std::vector<Offset> prediction_ranks(const Batch& batch, const Tokenizer& tokenizer, int k, const Rng& rng) {
  expect(k > 1, "prediction_ranks: fewer than all");
  const SpecialTokens& special = tokenizer.special;
  std::vector<Offset> ranks(batch.ids.size(), 0);
  const std::vector<Offset> sentences = segments_of(batch);
  for (std::size_t g = 0; g + 1 < sentences.size(); ++g) {
    std::vector<Offset> tokens;
    for (Offset i = sentences[g]; i < sentences[g + 1]; ++i) {
      const TokenId id = batch.ids[std::size_t(i)];
      if (id != special.begin && id != special.end && id != special.padding) tokens.push_back(i);
    }
    if (tokens.empty()) continue;
    const Rng own = rng.split(g);
    const auto n = std::int32_t(tokens.size()), total = std::max(std::int32_t(1), (2 * n + k) / (2 * k));
    const std::vector<std::int32_t> lengths = span_lengths(total, own.split("lengths"));
    const std::vector<std::int32_t> begins = place_apart(lengths, n, own.split("places"));
    const std::vector<NodeId> order = permutation(NodeId(total), own.split("order"));
    auto rank = order.begin();
    for (std::size_t s = 0; s < lengths.size(); ++s)
      for (std::int32_t i = begins[s]; i < begins[s] + lengths[s]; ++i)
        ranks[std::size_t(tokens[std::size_t(i)])] = 1 + Offset(*rank++);
  }
  return ranks;
}

}  // namespace pfm::nlp
