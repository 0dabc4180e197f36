#include <pfm/io/word_bag.h>
#include <utf8proc.h>

#include <algorithm>

namespace pfm::io {
namespace {

bool is_word(utf8proc_int32_t point) {
  if (point < 0x80) return (point >= '0' && point <= '9') || (point >= 'a' && point <= 'z') || point == '_';
  const utf8proc_category_t c = utf8proc_category(point);
  return (c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_LO) ||
         (c >= UTF8PROC_CATEGORY_ND && c <= UTF8PROC_CATEGORY_NO);
}

}  // namespace

void WordBag::add(std::string_view text) {
  std::string word;
  int length = 0;
  std::vector<std::int32_t> row;
  while (!text.empty()) {
    utf8proc_int32_t point = 0;
    const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
    const utf8proc_ssize_t used = utf8proc_iterate(bytes, utf8proc_ssize_t(text.size()), &point);
    expect(used > 0, "WordBag: UTF-8");
    text.remove_prefix(std::size_t(used));
    point = point < 0x80 ? (point >= 'A' && point <= 'Z' ? point + 32 : point) : utf8proc_tolower(point);
    if (is_word(point)) {
      utf8proc_uint8_t coded[4];
      word.append(reinterpret_cast<char*>(coded), std::size_t(utf8proc_encode_char(point, coded)));
      ++length;
      if (!text.empty()) continue;
    }
    if (length > 1) row.push_back(numbers_.try_emplace(word, std::int32_t(numbers_.size())).first->second);
    word.clear(), length = 0;
  }
  texts_of_.resize(numbers_.size());
  std::ranges::sort(row);
  for (std::size_t i = 0, end = 0; i < row.size(); i = end) {
    while (end < row.size() && row[end] == row[i]) ++end;
    entries_.push_back({row[i], std::int32_t(end - i)});
    ++texts_of_[row[i]];
  }
  offsets_.push_back(Offset(entries_.size()));
}

Sparse WordBag::rows(std::int64_t least) const {
  std::vector<std::pair<std::string_view, std::int32_t>> kept;
  for (const auto& [word, number] : numbers_)
    if (texts_of_[number] >= least) kept.emplace_back(word, number);
  std::ranges::sort(kept);
  std::vector<NodeId> column(texts_of_.size(), -1);
  for (std::size_t c = 0; c < kept.size(); ++c) column[kept[c].second] = NodeId(c);
  std::vector<Offset> offsets{0};
  std::vector<NodeId> columns;
  std::vector<Real> values;
  bool counted = false;
  for (std::size_t t = 0; t + 1 < offsets_.size(); ++t) {
    std::vector<std::pair<NodeId, std::int32_t>> row;
    for (Offset e = offsets_[t]; e < offsets_[t + 1]; ++e)
      if (const NodeId c = column[entries_[e].word]; c >= 0) row.emplace_back(c, entries_[e].count);
    std::ranges::sort(row);
    for (const auto& [c, count] : row) columns.push_back(c), values.push_back(Real(count)), counted |= count != 1;
    offsets.push_back(Offset(columns.size()));
  }
  if (!counted) values.clear();
  return {Offset(offsets.size()) - 1, Offset(kept.size()), std::move(offsets), std::move(columns), std::move(values)};
}

}  // namespace pfm::io
