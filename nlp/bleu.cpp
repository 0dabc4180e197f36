#include <pfm/nlp/bleu.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace pfm::nlp {

static std::map<TokenIds, std::int64_t> ngrams_of(const TokenIds& text, std::size_t n) {
  std::map<TokenIds, std::int64_t> counts;
  for (auto at = text.begin(); std::size_t(text.end() - at) >= n; ++at) ++counts[{at, at + std::ptrdiff_t(n)}];
  return counts;
}

double bleu(std::span<const TokenIds> written, std::span<const TokenIds> wanted) {
  expect(written.size() == wanted.size(), "bleu: a wanted text for each written one");
  constexpr std::size_t longest = 4;
  double logs = 0, written_tokens = 0, wanted_tokens = 0;
  for (std::size_t n = 1; n <= longest; ++n) {
    std::int64_t right = 0, all = 0;
    for (std::size_t i = 0; i < written.size(); ++i) {
      const auto goal = ngrams_of(wanted[i], n);
      for (const auto& [ngram, count] : ngrams_of(written[i], n)) {
        const auto found = goal.find(ngram);
        all += count, right += found == goal.end() ? 0 : std::min(count, found->second);
      }
    }
    if (right == 0) return 0;
    logs += std::log(double(right) / double(all));
  }
  for (std::size_t i = 0; i < written.size(); ++i)
    written_tokens += double(written[i].size()), wanted_tokens += double(wanted[i].size());
  return 100 * std::exp(logs / double(longest) + std::min(0.0, 1 - wanted_tokens / written_tokens));
}

}  // namespace pfm::nlp
