#include <fcntl.h>
#include <fmt/format.h>
#include <pfm/cli/output.h>
#include <pfm/kernels/error.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace pfm {

void put(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
    throw Error(Fault::writing, fmt::format("standard output: writing failed: {}", std::strerror(errno)));
}

void write_whole(const std::string& path, const std::string& text) {
  const std::string temporary = fmt::format("{}.tmp{}", path, getpid());
  const int file = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  bool good = file >= 0;
  for (std::size_t at = 0; good && at < text.size();) {
    const ssize_t wrote = write(file, text.data() + at, text.size() - at);
    good = wrote > 0;
    at += good ? std::size_t(wrote) : 0;
  }
  good = good && fsync(file) == 0;
  if (file >= 0) close(file);
  good = good && std::rename(temporary.c_str(), path.c_str()) == 0;
  if (good) return;
  const std::string why = std::strerror(errno);
  unlink(temporary.c_str());
  throw Error(Fault::writing, fmt::format("{}: cannot be written: {}", path, why));
}

void put_result(const Arguments& arguments, const std::string& text, const std::string& json) {
  const auto where = arguments.text("json");
  if (where == "-") return put(json);
  if (where) write_whole(*where, json);
  put(text + (where ? fmt::format("wrote {}\n", *where) : ""));
}

}  // namespace pfm
