#include <fmt/format.h>
#include <pfm/cli/output.h>
#include <pfm/io/atomic_file.h>
#include <pfm/kernels/error.h>

#include <cerrno>
#include <cstring>

namespace pfm {

void put(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
    throw Error(Fault::writing, fmt::format("standard output: writing failed: {}", std::strerror(errno)));
}

void put_result(const Arguments& arguments, const std::string& text, const std::string& json) {
  const auto where = arguments.text("json");
  if (where == "-") return put(json);
  if (where) io::write_file(*where, json);
  put(text + (where ? fmt::format("wrote {}\n", *where) : ""));
}

}  // namespace pfm
