#include <fmt/format.h>
#include <pfm/cli/output.h>
#include <pfm/io/atomic_file.h>
#include <pfm/kernels/error.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace pfm {

void put(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
    throw Error(Fault::writing, fmt::format("standard output: writing failed: {}", std::strerror(errno)));
}

void check_outputs(const Arguments& arguments) {
  for (const char* option : {"output", "json", "log"}) {
    const std::filesystem::path path = arguments.text(option).value_or("-");
    const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
    if (path != "-" && (!std::filesystem::is_directory(folder) || std::filesystem::is_directory(path)))
      throw Error(Fault::writing,
                  fmt::format("--{} {}: expected a file name in a folder that exists", option, path.string()));
  }
}

void put_result(const Arguments& arguments, const std::string& text, const std::string& json) {
  const auto where = arguments.text("json");
  if (where == "-") return put(json);
  if (where) io::write_file(*where, json);
  put(text + (where ? fmt::format("wrote {}\n", *where) : ""));
}

}  // namespace pfm
