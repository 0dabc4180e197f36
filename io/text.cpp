#include <fcntl.h>
#include <fmt/format.h>
#include <pfm/io/text.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utf8proc.h>

#include <algorithm>
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
  return named.extension() == ".gz" ? named.stem().stem().string() : named.stem().string();
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
  while (!rest_.empty() || refill()) {
    const std::size_t end = std::min(rest_.find('\n'), rest_.size());
    line_ = rest_.substr(0, end);
    line_begin_ = line_.data();
    field_ = {};
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    ++line_number_;
    skip_separators();
    if (line_.empty()) continue;
    if (comments_ == Comments::hash_and_percent && (line_[0] == '#' || line_[0] == '%')) continue;
    return true;
  }
  line_ = field_ = {};
  return false;
}

bool Text::more() {
  skip_separators();
  return !line_.empty();
}

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
