#include <fcntl.h>
#include <fmt/format.h>
#include <pfm/io/text.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utf8proc.h>
#include <zlib.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>

namespace pfm::io {

int open_regular(const std::filesystem::path& path) {
  auto refuse = [&](const std::string& why) {
    throw Error(Fault::input, fmt::format("{}: cannot be read: {}", path.string(), why));
  };
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // a pipe without a writer must not hang
  if (file < 0) refuse(std::strerror(errno));
  struct stat about {};
  const int error = ::fstat(file, &about) != 0 ? errno : 0;
  if (error == 0 && S_ISREG(about.st_mode)) return file;
  ::close(file);
  if (error != 0) refuse(std::strerror(error));
  refuse(S_ISDIR(about.st_mode) ? "it is a folder, expected a file" : "it is not a regular file");
  return -1;
}

std::string read_file(const std::filesystem::path& path) {
  const int file = open_regular(path);
  std::string content;
  struct stat about {};
  int error = ::fstat(file, &about) != 0 ? errno : 0;
  if (error == 0) content.resize(about.st_size);
  std::size_t done = 0;
  while (done < content.size()) {
    const ssize_t got = ::read(file, content.data() + done, content.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) error = errno;
    if (got <= 0) break;
    done += got;
  }
  content.resize(done);
  ::close(file);
  if (error != 0) throw Error(Fault::input, fmt::format("{}: cannot be read: {}", path.string(), std::strerror(error)));
  return content;
}

std::string name_from(const std::filesystem::path& path) {
  const std::filesystem::path named = path.has_filename() ? path : path.parent_path();
  return as_utf8(named.extension() == ".gz" ? named.stem().stem().string() : named.stem().string());
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    utf8proc_int32_t point = 0;
    const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
    const utf8proc_ssize_t length = utf8proc_iterate(bytes, utf8proc_ssize_t(text.size()), &point);
    if (length <= 0 || point == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string as_utf8(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    utf8proc_int32_t point = 0;
    const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
    const utf8proc_ssize_t length = utf8proc_iterate(bytes, utf8proc_ssize_t(text.size()), &point);
    const bool whole = length > 0 && point != 0;
    result += whole ? text.substr(0, std::size_t(length)) : "\xEF\xBF\xBD";
    text.remove_prefix(whole ? std::size_t(length) : 1);
  }
  return result;
}

std::string_view without_mark(std::string_view text) {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  return text.starts_with(mark) ? text.substr(mark.size()) : text;
}

std::string lower_case(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
  return result;
}

std::string beginning(const std::filesystem::path& path) {
  std::error_code none;
  if (!std::filesystem::is_regular_file(path, none)) return "";
  const gzFile file = ::gzopen(path.c_str(), "rbe");
  if (file == nullptr) return "";
  std::string bytes(4096, '\0');
  const int got = ::gzread(file, bytes.data(), unsigned(bytes.size()));
  ::gzclose(file);
  bytes.resize(std::size_t(std::max(got, 0)));
  return std::string(without_mark(bytes));
}

void Text::skip_separators() {
  std::size_t n = 0;
  while (n < line_.size() && separates(line_[n], delimiter_)) ++n;
  line_.remove_prefix(n);
}

Text::Text(const std::filesystem::path& path, Comments comments)
    : name_(path.string()),
      file_(std::make_shared<LineBlocks>(path)),
      block_(std::make_shared<std::string>()),
      comments_(comments) {}

bool Text::refill() {
  if (!file_ || !file_->next(*block_)) return false;
  rest_ = *block_;
  return true;
}

bool Text::next_line() {
  while (next_line_or_empty())
    if (!line_.empty()) return true;
  return false;
}

bool Text::next_line_or_empty() {
  while (!rest_.empty() || refill()) {
    const std::size_t end = std::min(rest_.find('\n'), rest_.size());
    line_ = rest_.substr(0, end);
    line_begin_ = line_.data();
    field_ = {};
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    ++line_number_;
    skip_separators();
    const char first = line_.empty() ? '\0' : line_[0];
    const bool comment =
        (first == '%' && comments_ != Comments::none) || (first == '#' && comments_ == Comments::hash_and_percent);
    if (!comment) return true;
  }
  line_ = field_ = {};
  return false;
}

bool Text::more() {
  skip_separators();
  return !line_.empty();
}

bool Text::more_words() { return more() && std::isalpha(static_cast<unsigned char>(line_[0])) != 0; }

std::string_view Text::field(const char* expected) {
  if (!more()) {
    field_ = {};
    fail(expected);
  }
  std::size_t n = 0;
  while (n < line_.size() && !separates(line_[n], delimiter_)) ++n;
  field_ = line_.substr(0, n);
  line_.remove_prefix(n);
  return field_;
}

std::string_view Text::quoted(const char* expected) {
  if (!more() || line_[0] != '"') return field(expected);
  const std::size_t end = line_.find('"', 1);
  if (end == std::string_view::npos) {
    field(expected);
    complain("a \" that no other one closes");
  }
  field_ = line_.substr(1, end - 1);
  line_.remove_prefix(end + 1);
  return field_;
}

std::int64_t Text::integer(const char* expected, std::int64_t lowest, std::int64_t highest) {
  const std::string_view text = field(expected);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) fail(expected);
  if (value < lowest || value > highest) fail(fmt::format("{} in [{}, {}]", expected, lowest, highest));
  return value;
}

double Text::number(const char* expected) {
  std::string_view text = field(expected);
  if (text.size() > 1 && text[0] == '+') text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
    fail(fmt::format("{}, a finite number", expected));
  return value;
}

std::string_view Text::whole_line() const {
  return {line_begin_, std::size_t(line_.data() + line_.size() - line_begin_)};
}

void Text::end_of_line() {
  if (!more()) return;
  field("");
  fail("the end of the line");
}

void Text::fail(const std::string& expected) const {
  constexpr std::size_t shown = 40;
  const std::string found = field_.empty()          ? "the end of the line"
                            : field_.size() > shown ? fmt::format("'{}...'", field_.substr(0, shown))
                                                    : fmt::format("'{}'", field_);
  complain(fmt::format("found {}, expected {}", line_begin_ == nullptr ? "an empty file" : found, expected));
}

void Text::complain(const std::string& what) const {
  const char* at = field_.empty() ? line_.data() : field_.data();
  const std::ptrdiff_t column = line_begin_ == nullptr || at == nullptr ? 1 : at - line_begin_ + 1;
  throw Error(Fault::input, fmt::format("{}:{}:{}: {}", name_, line_number_, column, what));
}

}  // namespace pfm::io
