#include <fmt/format.h>
#include <pfm/cli/data.h>
#include <pfm/io/builtin.h>
#include <pfm/io/embedding.h>
#include <pfm/io/formats.h>
#include <pfm/io/lines.h>
#include <pfm/kernels/error.h>
#include <pfm/selfsup/options.h>

#include <algorithm>
#include <filesystem>
#include <unordered_map>

namespace pfm {

Dataset open_data(const std::string& word, Monitor& monitor) {
  namespace fs = std::filesystem;
  std::vector<std::string> known = io::builtin_names();
  if (std::ranges::find(known, word) != known.end() || fs::exists(word)) {
    io::Loaded loaded = io::load_converted(word, [&](const std::string& line) { monitor.say(line); });
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

// Rows in the order of the nodes.
static Matrix rows_of_nodes(const Dataset& data, io::Embedding given, const std::string& path) {
  const auto refuse = [&](const std::string& what) { throw Error(Fault::input, fmt::format("{}: {}", path, what)); };
  if (given.names.empty() || data.names.empty()) {
    if (given.rows.rows() != data.nodes())
      refuse(fmt::format("has {} rows, expected one for each of {} nodes of {}", given.rows.rows(), data.nodes(),
                         data.name));
    return std::move(given.rows);
  }
  std::unordered_map<std::string_view, Offset> row_named;
  for (std::size_t i = 0; i < given.names.size(); ++i)
    if (!row_named.emplace(given.names[i], Offset(i)).second)
      refuse(fmt::format("has two rows called {}", io::excerpt(given.names[i])));
  Matrix rows(data.nodes(), given.rows.cols());
  for (std::size_t i = 0; i < data.names.size(); ++i) {
    const auto found = row_named.find(data.names[i]);
    if (found == row_named.end())
      refuse(fmt::format("has no row for {}, a node of {}", io::excerpt(data.names[i]), data.name));
    std::ranges::copy(given.rows.row(found->second), rows.row(Offset(i)).begin());
  }
  return rows;
}

Dataset open_data(const Arguments& arguments, std::size_t word, Monitor& monitor) {
  Dataset data = open_data(arguments.words.at(word), monitor);
  const auto path = arguments.text("features");
  if (!path) return data;
  if (!data.types.empty())
    throw Error(Fault::input, fmt::format("{}: has several kinds of nodes, whose features stand in columns of their "
                                          "own; --features gives one kind",
                                          data.name));
  data.all.x = Features(rows_of_nodes(data, io::read_embedding(*path), *path));
  monitor.say(fmt::format("features of {}: {} columns of {}", data.name, data.all.x.cols(), *path));
  return data;
}

}  // namespace pfm
