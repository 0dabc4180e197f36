#include <fmt/format.h>
#include <pfm/io/lines.h>
#include <pfm/io/text.h>
#include <pfm/kernels/error.h>

#include <algorithm>

namespace pfm::io {

Lines::Lines(std::string name, std::string content)
    : name_(std::move(name)), block_(std::move(content)), rest_(without_mark(block_)) {}

bool Lines::next() {
  if (rest_.empty()) {
    if (!blocks_ || !blocks_->next(block_)) return line_ = {}, false;
    rest_ = block_;
  }
  const std::size_t end = std::min(rest_.find('\n'), rest_.size());
  line_ = rest_.substr(0, end);
  rest_.remove_prefix(std::min(end + 1, rest_.size()));
  if (line_.ends_with('\r')) line_.remove_suffix(1);
  ++number_;
  return true;
}

void Lines::fail(std::string_view at, const std::string& what) const {
  const bool within = line_.data() <= at.data() && at.data() <= line_.data() + line_.size();
  throw Error(Fault::input,
              fmt::format("{}:{}:{}: {}", name(), number_, within ? at.data() - line_.data() + 1 : 1, what));
}

std::string excerpt(std::string_view text) {
  constexpr std::size_t shown = 40;
  return text.size() > shown ? fmt::format("'{}...'", text.substr(0, shown)) : fmt::format("'{}'", text);
}

std::pair<std::string_view, std::string_view> cut(std::string_view text, char separator) {
  const std::size_t at = text.find(separator);
  if (at == std::string_view::npos) return {text, {}};
  return {text.substr(0, at), text.substr(at + 1)};
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(blank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blank) - begin + 1);
}

}  // namespace pfm::io
