#include <fmt/format.h>
#include <pfm/graph/build.h>
#include <pfm/io/entries.h>
#include <pfm/io/lists.h>
#include <pfm/io/planetoid.h>
#include <pfm/io/text.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace pfm::io {
namespace {

constexpr NodeId most_nodes = std::numeric_limits<NodeId>::max() - 1;

std::int64_t declared_columns(Text text) {
  while (text.next_line())
    if (text.field("a key") == "features") return text.integer("the number of feature columns", 0, most_nodes);
  return 0;
}

Features parse_features(Text text, NodeId nodes, std::int64_t columns) {
  Entries entries{nodes, columns, {}, {}};
  const std::int64_t highest = columns > 0 ? columns - 1 : most_nodes - 1;
  while (text.next_line()) {
    const auto row = NodeId(text.integer("a node", 0, nodes - 1));
    const auto column = NodeId(text.integer("a feature column", 0, highest));
    const auto value = Real(text.number("the value of a feature"));
    if (!std::isfinite(value)) text.fail("a number in the range of Real");
    text.end_of_line();
    entries.add(row, column, value);
    entries.cols = std::max<Offset>(entries.cols, column + 1);
  }
  return features_of(text.name(), std::move(entries));
}

}  // namespace

Dataset parse_planetoid_text(const std::string& name, const std::map<std::string, std::string_view>& files) {
  auto text = [&](const char* file) {
    if (!files.contains(file))
      throw Error(Fault::input, fmt::format("{}: has no {}, which a folder of Planetoid text needs", name, file));
    return Text(name + "/" + file, files.at(file));
  };
  Dataset data;
  data.name = name;
  data.targets.classes = read_classes(text("labels.txt"));
  const auto nodes = NodeId(data.targets.classes.size());
  if (nodes == 0) throw Error(Fault::input, fmt::format("{}/labels.txt: has no nodes, expected a line for each", name));
  data.all.graph = build_graph(nodes, read_edges(text("edges.txt"), nodes), {},
                               {.undirected = true, .self_loops = BuildRules::SelfLoops::keep});
  const std::int64_t columns = files.contains("meta.txt") ? declared_columns(text("meta.txt")) : 0;
  data.all.x =
      files.contains("features.txt") ? parse_features(text("features.txt"), nodes, columns) : Features::identity(nodes);
  for (const auto& [split, file] : {std::pair{"train", "train.txt"}, {"validation", "val.txt"}, {"test", "test.txt"}})
    if (files.contains(file)) data.splits[split] = read_items(text(file), nodes);
  data.task = Task::node;
  return data;
}

Dataset read_planetoid_text(const std::filesystem::path& folder) {
  std::map<std::string, std::string> contents;
  for (const char* file : {"edges.txt", "features.txt", "labels.txt", "meta.txt", "train.txt", "val.txt", "test.txt"})
    if (std::filesystem::exists(folder / file)) contents[file] = read_file(folder / file);
  Dataset data = parse_planetoid_text(folder.string(), {contents.begin(), contents.end()});
  std::filesystem::path named = folder.has_filename() ? folder : folder.parent_path();
  if (named.filename() == "text") named = named.parent_path();
  data.name = as_utf8(named.filename().string());
  return data;
}

}  // namespace pfm::io
