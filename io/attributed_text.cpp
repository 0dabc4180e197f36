#include <fmt/format.h>
#include <pfm/io/attributed_text.h>
#include <pfm/io/entries.h>
#include <pfm/io/lists.h>
#include <pfm/io/present.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace pfm::io {
namespace {

namespace fs = std::filesystem;
constexpr std::int64_t most = std::numeric_limits<NodeId>::max() - 1;

// "column" or "column:value".
void add_cell(Text& text, std::string_view field, NodeId row, Entries& entries) {
  std::int64_t column = 0;
  const char* const end = field.data() + field.size();
  const auto [after, error] = std::from_chars(field.data(), end, column);
  double value = 1;
  bool right = error == std::errc() && column >= 0 && column < most;
  if (right && after != end) {
    const auto [last, wrong] = std::from_chars(after + 1, end, value);
    right = *after == ':' && wrong == std::errc() && last == end && std::isfinite(Real(value));
  }
  if (!right) text.fail("a column, or column:value");
  entries.add(row, NodeId(column), Real(value));
  entries.cols = std::max<Offset>(entries.cols, column + 1);
}

Sparse read_features(Text text) {
  Entries entries;
  while (text.next_line_or_empty()) {
    if (entries.rows == most) text.complain("more nodes than 32-bit ids can name");
    while (text.more()) add_cell(text, text.field("a column"), NodeId(entries.rows), entries);
    ++entries.rows;
  }
  return features_of(text.name(), std::move(entries));
}

Graph read_graph(Text text, NodeId nodes, const ReadRules& rules) {
  Entries entries{nodes, nodes, {}, {}};
  bool weighted = rules.weighted;
  for (bool first = true; text.next_line(); first = false) {
    const auto u = NodeId(text.integer("a node", 0, nodes - 1)), v = NodeId(text.integer("a node", 0, nodes - 1));
    if (first && text.more()) weighted = true;
    const auto weight = Real(weighted ? text.number("the weight of an edge") : 1);
    if (!std::isfinite(weight)) text.fail("a weight in the range of Real");
    text.end_of_line();
    entries.places.push_back({u, v});
    if (weighted) entries.values.push_back(weight);
  }
  return build_graph(nodes, entries.places, entries.values, rules.build());
}

}  // namespace

bool is_attributed_text(const fs::path& folder) {
  std::error_code none;
  if (!fs::is_directory(folder, none) || present(folder / "edges.txt").empty()) return false;
  const fs::path features = present(folder / "features.txt");
  if (features.empty()) return false;
  std::string begin;
  try {
    LineBlocks(features, 4096).next(begin);
  } catch (const Error&) {
    return false;
  }
  // Planetoid's rows never fall and every line has three fields.
  Text text(features.string(), begin);
  std::int64_t row = 0;
  try {
    while (text.next_line()) {
      const std::int64_t next = text.integer("a row", row, most);
      text.integer("a column", 0, most), text.number("a value"), text.end_of_line();
      row = next;
    }
  } catch (const Error&) {
    return true;
  }
  return false;
}

Dataset read_attributed_text(Paths paths, const ReadRules& rules) {
  const fs::path& folder = paths[0];
  const fs::path edges = present(folder / "edges.txt"), features = present(folder / "features.txt"),
                 labels = present(folder / "labels.txt");
  if (edges.empty() || features.empty())
    throw Error(Fault::input,
                fmt::format("{}: expected a folder with edges.txt and features.txt, plain or .gz", folder.string()));
  Dataset data;
  data.name = name_from(folder);
  Sparse x = read_features(Text(features));
  const auto nodes = NodeId(x.rows());
  if (!labels.empty()) data.targets.classes = read_classes(Text(labels));
  if (!labels.empty() && data.targets.classes.size() != std::size_t(nodes))
    throw Error(Fault::input, fmt::format("{}: found {} lines, expected one for each of the {} lines of {}",
                                          labels.string(), data.targets.classes.size(), nodes, features.string()));
  data.all.graph = read_graph(Text(edges), nodes, rules);
  data.all.x = std::move(x);
  for (const auto& [split, file] : {std::pair{"train", "train.txt"}, {"validation", "val.txt"}, {"test", "test.txt"}})
    if (const fs::path list = present(folder / file); !list.empty()) data.splits[split] = read_items(Text(list), nodes);
  data.task = labels.empty() ? Task::link : Task::node;
  return data;
}

}  // namespace pfm::io
