#include <fmt/format.h>
#include <pfm/cli/arguments.h>
#include <pfm/cli/format.h>
#include <pfm/kernels/error.h>

namespace pfm {
namespace {

using Member = bool (*)(const io::Format&);
bool is_read(const io::Format& format) { return format.read != nullptr; }
bool is_written(const io::Format& format) { return format.write != nullptr; }

std::vector<std::string> ids(Member member) {
  std::vector<std::string> result;
  for (const io::Format& format : io::formats())
    if (member(format)) result.emplace_back(format.id);
  return result;
}

const io::Format& named(const char* kind, const std::string& id, Member member) {
  for (const io::Format& format : io::formats())
    if (member(format) && format.id == id) return format;
  throw Error(Fault::usage, unknown_word(kind, id, ids(member)));
}

}  // namespace

const io::Format& format_to_read(const std::string& id) { return named("format", id, is_read); }
const io::Format& format_to_write(const std::string& id) { return named("format to write", id, is_written); }
std::string formats_to_read() { return fmt::format("{}", fmt::join(ids(is_read), ", ")); }
std::string formats_to_write() { return fmt::format("{}", fmt::join(ids(is_written), ", ")); }

}  // namespace pfm
