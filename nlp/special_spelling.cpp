#include <pfm/nlp/special_spelling.h>

#include <algorithm>

namespace pfm::nlp {

SpecialSpelling::SpecialSpelling(const Vocabulary& vocabulary, const TokenIds& special) {
  for (const TokenId id : special)
    if (id != no_token) spelled_.push_back({vocabulary.text(id), id});
  std::ranges::stable_sort(spelled_, std::ranges::greater(), [](const Spelled& s) { return s.text.size(); });
}

std::vector<SpecialSpelling::Part> SpecialSpelling::split(std::string_view text) const {
  std::string first_bytes;
  for (const Spelled& s : spelled_) first_bytes += s.text[0];
  std::vector<Part> parts;
  std::size_t begin = 0, at = 0;
  while ((at = text.find_first_of(first_bytes, at)) != std::string_view::npos) {
    const auto found =
        std::ranges::find_if(spelled_, [&](const Spelled& s) { return text.substr(at).starts_with(s.text); });
    if (found == spelled_.end()) {
      ++at;
      continue;
    }
    if (at > begin) parts.push_back({.text = text.substr(begin, at - begin)});
    parts.push_back({.text = text.substr(at, found->text.size()), .special = found->id});
    begin = at += found->text.size();
  }
  if (begin < text.size()) parts.push_back({.text = text.substr(begin)});
  return parts;
}

}  // namespace pfm::nlp
