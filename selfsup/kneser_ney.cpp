#include <pfm/kernels/error.h>
#include <pfm/selfsup/kneser_ney.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <set>
#include <string_view>
#include <unordered_map>

namespace pfm {
namespace {

// A code point of UTF-8 that io/ has checked.
char32_t take_code_point(std::string_view& text) {
  const auto first = static_cast<unsigned char>(text[0]);
  const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  char32_t point = length == 1 ? first : char32_t(first & (0x7F >> length));
  for (std::size_t i = 1; i < std::min(length, text.size()); ++i)
    point = point << 6 | char32_t(static_cast<unsigned char>(text[i]) & 0x3F);
  text.remove_prefix(std::min(length, text.size()));
  return point;
}

// What followed a context: of the longest contexts how often, of shorter ones after how many different characters.
struct Followers {
  std::map<char32_t, std::int64_t> counts;
  std::int64_t sum = 0;
  void add(char32_t next) { ++counts[next], ++sum; }
};
using Contexts = std::unordered_map<std::u32string, Followers>;

class Counts {
 public:
  Counts(const std::u32string& text, int order) : contexts_(std::size_t(order)), discounts_(std::size_t(order)) {
    const auto longest = std::size_t(order) - 1;
    for (std::size_t i = longest; i < text.size(); ++i)
      contexts_[longest][text.substr(i - longest, longest)].add(text[i]);
    for (std::size_t k = longest; k > 0; --k)
      for (const auto& [context, followers] : contexts_[k])
        for (const auto& [next, count] : followers.counts) contexts_[k - 1][context.substr(1)].add(next);
    for (std::size_t k = 0; k <= longest; ++k) discounts_[k] = discount(contexts_[k]);
    known_.insert(text.begin(), text.end());
  }

  bool knows(char32_t c) const { return known_.contains(c); }

  // P_k(c | h) = (max(0, n_k(h c) - D_k) + D_k N(h) P_{k-1}(c | h')) / n_k(h), h' = h without its first character, N(h)
  // how many different ones follow; at the end each known character and a new one are equally likely.
  double probability(std::u32string_view before, char32_t c) const {
    double p = 1 / double(known_.size() + 1);
    for (std::size_t k = 0; k < contexts_.size() && k <= before.size(); ++k) {
      const auto found = contexts_[k].find(std::u32string(before.substr(before.size() - k)));
      if (found == contexts_[k].end()) break;
      const Followers& f = found->second;
      const auto count = f.counts.find(c);
      const double seen = count == f.counts.end() ? 0 : double(count->second);
      p = (std::max(0.0, seen - discounts_[k]) + discounts_[k] * double(f.counts.size()) * p) / double(f.sum);
    }
    return p;
  }

 private:
  // n_1 / (n_1 + 2 n_2), of what came once and twice; a half where nothing did.
  static double discount(const Contexts& contexts) {
    std::int64_t once = 0, twice = 0;
    for (const auto& [context, followers] : contexts)
      for (const auto& [next, count] : followers.counts) once += count == 1, twice += count == 2;
    return once == 0 ? 0.5 : double(once) / double(once + 2 * twice);
  }

  std::vector<Contexts> contexts_;  // by their length
  std::vector<double> discounts_;
  std::set<char32_t> known_;
};

}  // namespace

double code_point_nats() { return std::log(1114112.0); }

std::u32string joined_documents(std::span<const std::string> documents) {
  std::u32string text;
  for (const std::string& document : documents) {
    if (!text.empty()) text += U"\n\n";
    for (std::string_view rest = document; !rest.empty();) text += take_code_point(rest);
  }
  return text;
}

TextLikelihood kneser_ney(const std::vector<std::string>& documents, int order) {
  expect(order >= 1, "kneser_ney: an order of at least 1");
  const auto counts = std::make_shared<const Counts>(joined_documents(documents), order);
  return [=](std::span<const std::string> asked) {
    const std::u32string text = joined_documents(asked);
    CodeLength length;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const std::size_t begin = i - std::min(i, std::size_t(order) - 1);
      length.nats -= std::log(counts->probability(std::u32string_view(text).substr(begin, i - begin), text[i]));
      if (!counts->knows(text[i])) length.nats += code_point_nats();
    }
    return length;
  };
}

}  // namespace pfm
