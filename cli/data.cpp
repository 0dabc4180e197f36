#include <fmt/format.h>
#include <pfm/cli/data.h>
#include <pfm/io/builtin.h>
#include <pfm/io/formats.h>
#include <pfm/kernels/error.h>
#include <pfm/selfsup/options.h>

#include <algorithm>
#include <filesystem>

namespace pfm {

Dataset open_data(const std::string& word, Monitor& monitor) {
  namespace fs = std::filesystem;
  std::vector<std::string> known = io::builtin_names();
  if (std::ranges::find(known, word) != known.end() || fs::exists(word)) {
    io::Loaded loaded = io::load_converted(word);
    if (!loaded.converted.empty()) monitor.say(fmt::format("{} is kept as {}", word, loaded.converted.string()));
    return std::move(loaded.data);
  }
  const std::string built_in = fmt::format("{}", fmt::join(known, ", "));
  const fs::path folder = fs::path(word).has_parent_path() ? fs::path(word).parent_path() : fs::path(".");
  std::error_code unreadable;
  for (const auto& entry : fs::directory_iterator(folder, unreadable))
    known.push_back(fs::path(word).has_parent_path() ? entry.path().string() : entry.path().filename().string());
  const std::string near = nearest_word(word, known);
  throw Error(Fault::input, fmt::format("{}: no such file, folder or built-in data set ({}){}", word, built_in,
                                        near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near)));
}

}  // namespace pfm
