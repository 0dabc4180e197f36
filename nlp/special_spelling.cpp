#include <pfm/nlp/special_spelling.h>
#include <pfm/nlp/unicode.h>

#include <algorithm>

namespace pfm::nlp {
namespace {

std::size_t spaces_at_begin(std::string_view text) {
  std::string_view rest = text;
  std::size_t spaces = 0;
  while (!rest.empty() && is_white_space(take_point(rest))) spaces = text.size() - rest.size();
  return spaces;
}

std::string_view without_spaces_at_end(std::string_view text) {
  std::size_t kept = 0;
  for (std::string_view rest = text; !rest.empty();)
    if (!is_white_space(take_point(rest))) kept = text.size() - rest.size();
  return text.substr(0, kept);
}

}  // namespace

SpecialSpelling::SpecialSpelling(const Vocabulary& vocabulary, const std::vector<Special>& special) {
  for (const Special& s : special)
    if (s.id != no_token) spelled_.push_back({vocabulary.text(s.id), s});
  std::ranges::stable_sort(spelled_, std::ranges::greater(), [](const Spelled& s) { return s.text.size(); });
  for (const Spelled& s : spelled_) first_bytes_ += s.text[0];
}

std::vector<SpecialSpelling::Part> SpecialSpelling::split(std::string_view text) const {
  std::vector<Part> parts;
  std::size_t begin = 0, at = 0;
  while ((at = text.find_first_of(first_bytes_, at)) != std::string_view::npos) {
    const std::string_view rest = text.substr(at);
    const auto found = std::ranges::find_if(spelled_, [&](const Spelled& s) { return rest.starts_with(s.text); });
    if (found == spelled_.end()) {
      ++at;
      continue;
    }
    std::string_view before = text.substr(begin, at - begin);
    if (found->special.takes_before) before = without_spaces_at_end(before);
    if (!before.empty()) parts.push_back({.text = before});
    parts.push_back({.text = rest.substr(0, found->text.size()), .special = found->special.id});
    at += found->text.size();
    if (found->special.takes_behind) at += spaces_at_begin(text.substr(at));
    begin = at;
  }
  if (begin < text.size()) parts.push_back({.text = text.substr(begin)});
  return parts;
}

}  // namespace pfm::nlp
