#include <fmt/format.h>
#include <pfm/io/lines.h>
#include <pfm/nlp/merges.h>

#include <algorithm>
#include <queue>
#include <tuple>

namespace pfm::nlp {
namespace {

std::uint64_t key(TokenId left, TokenId right) {
  return std::uint64_t(std::uint32_t(left)) << 32 | std::uint32_t(right);
}

// A place where a rule applied when it was noted down: still true if the symbols there are the same.
struct Place {
  std::int32_t rank;
  std::size_t at, next;
  TokenId left, right, joined;
  bool operator>(const Place& other) const { return std::tie(rank, at) > std::tie(other.rank, other.at); }
};

}  // namespace

Merges::Merges(const Vocabulary& vocabulary, const MergeTexts& rules, const std::string& origin) {
  rules_.reserve(rules.size());
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const auto& [left, right] = rules[i];
    auto id = [&](const std::string& text) {
      const TokenId found = vocabulary.find(text);
      if (found == no_token)
        throw Error(Fault::input, fmt::format("{}: merge {} needs the token {}, which the vocabulary lacks", origin,
                                              i + 1, io::excerpt(text)));
      return found;
    };
    const Rule rule{.rank = std::int32_t(i), .joined = id(left + right)};
    if (!rules_.emplace(key(id(left), id(right)), rule).second)
      throw Error(Fault::input, fmt::format("{}: merge {} ({} {}) comes twice", origin, i + 1, io::excerpt(left),
                                            io::excerpt(right)));
  }
}

const Merges::Rule* Merges::rule(TokenId left, TokenId right) const {
  const auto found = rules_.find(key(left, right));
  return found == rules_.end() ? nullptr : &found->second;
}

void Merges::apply(std::vector<TokenId>& symbols) const {
  const std::size_t n = symbols.size();
  std::vector<std::size_t> next(n), previous(n);  // n = none
  std::priority_queue<Place, std::vector<Place>, std::greater<>> places;
  const auto note = [&](std::size_t at) {
    if (at >= n || next[at] >= n) return;
    const TokenId left = symbols[at], right = symbols[next[at]];
    if (const Rule* r = rule(left, right)) places.push({r->rank, at, next[at], left, right, r->joined});
  };
  for (std::size_t i = 0; i < n; ++i) next[i] = i + 1, previous[i] = i > 0 ? i - 1 : n;
  for (std::size_t i = 0; i < n; ++i) note(i);
  while (!places.empty()) {
    const Place p = places.top();
    places.pop();
    if (symbols[p.at] != p.left || next[p.at] != p.next || symbols[p.next] != p.right) continue;
    symbols[p.at] = p.joined, symbols[p.next] = no_token;
    next[p.at] = next[p.next];
    if (next[p.at] < n) previous[next[p.at]] = p.at;
    note(previous[p.at]);
    note(p.at);
  }
  std::erase(symbols, no_token);
}

}  // namespace pfm::nlp
