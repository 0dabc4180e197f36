#include <fmt/format.h>
#include <pfm/graph/relations.h>
#include <pfm/io/lines.h>
#include <pfm/io/text.h>
#include <pfm/io/triples.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <set>
#include <unordered_map>

namespace pfm::io {
namespace {

namespace fs = std::filesystem;
constexpr std::array<const char*, 3> split_names{"train", "validation", "test"};

// Names as they first appear; in the end their numbers follow the order of their bytes.
struct Names {
  std::unordered_map<std::string, std::int32_t> numbers;
  std::vector<std::string> list;
  std::int32_t of(const Lines& lines, std::string_view name) {
    const auto [found, fresh] = numbers.try_emplace(std::string(name), std::int32_t(list.size()));
    if (!fresh) return found->second;
    if (name.empty()) lines.fail(name, "an empty name, expected head TAB relation TAB tail");
    if (!is_utf8(name)) lines.fail(name, "a name that is not UTF-8");
    if (list.size() >= std::numeric_limits<std::int32_t>::max() - 1)
      lines.fail(name, "more names than 32-bit ids can tell apart");
    list.emplace_back(name);
    return found->second;
  }
  std::vector<std::int32_t> sort() {  // the new number of each
    std::vector<std::string> sorted = list;
    std::ranges::sort(sorted);
    std::vector<std::int32_t> rank;
    for (const std::string& name : list)
      rank.push_back(std::int32_t(std::ranges::lower_bound(sorted, name) - sorted.begin()));
    list = std::move(sorted);
    return rank;
  }
};

void read_facts(const fs::path& path, Names& entities, Names& relations, std::vector<Triple>& out) {
  Lines lines(path);
  while (lines.next()) {
    if (lines.line().empty()) continue;
    const auto [head, rest] = cut(lines.line(), '\t');
    const auto [relation, tail] = cut(rest, '\t');
    if (std::ranges::count(lines.line(), '\t') != 2)
      lines.fail(lines.line(), fmt::format("found {}, expected head TAB relation TAB tail", excerpt(lines.line())));
    const NodeId source = entities.of(lines, head);
    const std::int32_t type = relations.of(lines, relation);
    out.push_back({source, type, entities.of(lines, tail)});
  }
}

fs::path plain_or_gzip(const fs::path& path) {
  std::error_code none;
  return fs::exists(path, none) ? path : fs::path(path.string() + ".gz");
}

// The files of a folder that are there; training first.
std::vector<fs::path> files_of(const fs::path& folder) {
  std::vector<fs::path> files{plain_or_gzip(folder / "train.txt")};
  const fs::path valid = plain_or_gzip(folder / "valid.txt"), test = plain_or_gzip(folder / "test.txt");
  if (fs::exists(valid) != fs::exists(test))
    throw Error(Fault::input, fmt::format("{}: expected valid.txt and test.txt, or neither", folder.string()));
  if (fs::exists(valid)) files.push_back(valid), files.push_back(test);
  return files;
}

bool is_number(std::string_view text) {
  double value = 0;
  return std::from_chars(text.data(), text.data() + text.size(), value).ptr == text.data() + text.size();
}

}  // namespace

bool is_triples(const fs::path& path) {
  std::error_code none;
  const fs::path file = fs::is_directory(path, none) ? plain_or_gzip(path / "train.txt") : path;
  if (!fs::is_regular_file(file, none)) return false;
  try {
    Lines lines(file);
    if (!lines.next() || !is_utf8(lines.line()) || std::ranges::count(lines.line(), '\t') != 2) return false;
    const std::string_view tail = lines.line().substr(lines.line().rfind('\t') + 1);
    return !tail.empty() && !is_number(tail);  // a number would be the weight of an edge
  } catch (const Error&) {                     // damaged or not readable
    return false;
  }
}

Dataset read_triples(Paths paths, const ReadRules& rules) {
  const bool folder = fs::is_directory(paths[0]);
  if (folder && paths.size() > 1)
    throw Error(Fault::usage, "triples: one folder, or one to three files: training, validation, test");
  const std::vector<fs::path> files = folder ? files_of(paths[0]) : std::vector<fs::path>(paths.begin(), paths.end());
  Names entities, relations;
  std::vector<std::vector<Triple>> parts(files.size());
  for (std::size_t f = 0; f < files.size(); ++f) read_facts(files[f], entities, relations, parts[f]);
  if (parts[0].empty())
    throw Error(Fault::input,
                fmt::format("{}: no facts, expected lines head TAB relation TAB tail", files[0].string()));
  const std::vector<std::int32_t> entity = entities.sort(), relation = relations.sort();

  Dataset data;
  data.name = name_from(paths[0]);
  data.task = Task::link;
  data.types.nodes = {"entity"};
  data.types.node_ptr = {0, NodeId(entities.list.size())};
  for (const std::string& name : relations.list)
    data.types.relations.push_back({name, 0, 0, rules.build(false).undirected});
  std::set<Triple> seen;
  std::vector<TypedEdge> edges;
  for (std::size_t f = 0; f < files.size(); ++f) {
    for (const Triple& raw : parts[f]) {
      const Triple t{entity[raw.source], relation[raw.relation], entity[raw.target]};
      if (!seen.insert(t).second) continue;
      if (f == 0) edges.push_back({t.source, t.target, t.relation});
      if (files.size() > 1) data.splits[split_names[f]].push_back(NodeId(data.targets.pairs.size()));
      data.targets.pairs.push_back(t);
    }
  }
  data.all.graph = build_relations(data.types, std::move(edges));
  data.all.x = Features::identity(data.nodes());
  data.names = std::move(entities.list);
  return data;
}

}  // namespace pfm::io
