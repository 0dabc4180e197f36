#include <fmt/format.h>
#include <pfm/graph/relations.h>
#include <pfm/io/debian.h>
#include <pfm/io/lines.h>
#include <pfm/io/text.h>
#include <pfm/io/word_bag.h>

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <unordered_map>

namespace pfm::io {
namespace {

namespace fs = std::filesystem;
constexpr std::int64_t least_packages = 5;  // that a word of the features stands in
constexpr std::array<const char*, 3> relation_names{"depends", "recommends", "suggests"};

// The fields that are read, and the relation that each one names; Package, Section and Description none.
struct Field {
  const char* name;
  std::int32_t relation = -1;
};
enum { package, section, description, description_en };
constexpr std::array<Field, 8> fields{{{"Package"},
                                       {"Section"},
                                       {"Description"},
                                       {"Description-en"},
                                       {"Depends", 0},
                                       {"Pre-Depends", 0},
                                       {"Recommends", 1},
                                       {"Suggests", 2}}};
using Stanza = std::array<std::string, fields.size()>;

// Every name that the file speaks of has a number; packages have a node too.
class Index {
 public:
  void add(const Lines& lines, Stanza& stanza);
  Dataset dataset(const ReadRules& rules);

 private:
  std::int32_t number(std::string_view name);
  void add_references(std::string_view list, NodeId node, std::int32_t relation);
  struct Reference {
    NodeId node;
    std::int32_t relation, name;
  };
  std::unordered_map<std::string, std::int32_t> numbers_;
  std::vector<NodeId> nodes_;  // [names] -1 = no package
  std::vector<Reference> references_;
  std::vector<std::string> names_, texts_, sections_;  // [N]
  WordBag words_;
};

std::int32_t Index::number(std::string_view name) {
  const auto [found, fresh] = numbers_.try_emplace(std::string(name), std::int32_t(nodes_.size()));
  if (fresh) nodes_.push_back(-1);
  return found->second;
}

// "a (>= 1), b:any | c [amd64]" names a, b and c.
void Index::add_references(std::string_view list, NodeId node, std::int32_t relation) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find_first_of(",|"), list.size());
    std::string_view name = trimmed(list.substr(0, end));
    name = name.substr(0, name.find_first_of(" \t\n(:[<"));
    if (!name.empty()) references_.push_back({node, relation, number(name)});
    list.remove_prefix(std::min(end + 1, list.size()));
  }
}

void Index::add(const Lines& lines, Stanza& stanza) {
  const bool empty = std::ranges::all_of(stanza, [](const std::string& s) { return s.empty(); });
  const std::string name(trimmed(stanza[package]));
  if (!empty && name.empty()) lines.fail(lines.line(), "a paragraph without a field Package ends here");
  const std::int32_t known = empty ? 0 : number(name);
  if (empty || nodes_[known] >= 0) {  // of several versions the first counts
    stanza = {};
    return;
  }
  if (names_.size() >= std::numeric_limits<NodeId>::max() - 1 ||
      nodes_.size() >= std::numeric_limits<NodeId>::max() - 1)
    lines.fail(lines.line(), "more packages than 32-bit ids can name");
  std::string& text = stanza[description].empty() ? stanza[description_en] : stanza[description];
  if (!is_utf8(name) || !is_utf8(text) || !is_utf8(stanza[section]))
    lines.fail(lines.line(), "the paragraph before has text that is not UTF-8");
  const auto node = NodeId(names_.size());
  nodes_[known] = node;
  for (std::size_t f = 0; f < fields.size(); ++f)
    if (fields[f].relation >= 0) add_references(stanza[f], node, fields[f].relation);
  const std::string_view whole = trimmed(stanza[section]);
  names_.push_back(name);
  sections_.emplace_back(whole.substr(whole.rfind('/') + 1));
  words_.add(text);
  texts_.push_back(std::move(text));
  stanza = {};
}

Dataset Index::dataset(const ReadRules& rules) {
  Dataset data;
  data.task = Task::node;
  data.types.nodes = {"package"};
  data.types.node_ptr = {0, NodeId(names_.size())};
  for (const char* name : relation_names) data.types.relations.push_back({name, 0, 0, rules.build(false).undirected});
  std::vector<TypedEdge> edges;
  std::array<std::int64_t, relation_names.size()> unknown{};
  for (const Reference& r : references_)
    if (nodes_[r.name] < 0)
      ++unknown[r.relation];
    else
      edges.push_back({r.node, nodes_[r.name], r.relation});
  if (rules.note)
    for (std::size_t r = 0; r < relation_names.size(); ++r)
      if (unknown[r] > 0)
        rules.note(
            fmt::format("{}: {} references to names that are no package of the file (virtual ones among them) "
                        "are left out",
                        relation_names[r], unknown[r]));
  data.all.graph = build_relations(data.types, std::move(edges));

  const Sparse words = words_.rows(least_packages);
  data.all.x = Features::identity(data.nodes());
  if (words.cols() > 0) {
    data.all.x = words;
    data.types.column_ptr = {0, words.cols()};
  }
  std::set<std::string> known(sections_.begin(), sections_.end());
  known.erase("");
  data.targets.class_names.assign(known.begin(), known.end());
  for (const std::string& s : sections_)
    data.targets.classes.push_back(s.empty() ? -1
                                             : std::int32_t(std::ranges::lower_bound(data.targets.class_names, s) -
                                                            data.targets.class_names.begin()));
  data.names = std::move(names_);
  data.texts = std::move(texts_);
  return data;
}

}  // namespace

bool is_debian(const fs::path& path) {
  std::error_code none;
  if (!fs::is_regular_file(path, none)) return false;
  try {
    Lines lines(path);
    return lines.next() && lines.line().starts_with("Package: ");
  } catch (const Error&) {  // damaged or not readable
    return false;
  }
}

Dataset read_debian(Paths paths, const ReadRules& rules) {
  Lines lines(paths[0]);
  Index index;
  Stanza stanza;
  std::string* field = nullptr;  // the field that a line may go on with; null: one that is not read
  bool within = false;           // a paragraph
  while (lines.next()) {
    const std::string_view line = lines.line();
    if (trimmed(line).empty()) {
      index.add(lines, stanza);
      field = nullptr, within = false;
    } else if (line[0] == ' ' || line[0] == '\t') {
      if (!within) lines.fail(line, "a line that goes on, but no field begins before it");
      if (field != nullptr) *field += '\n', *field += trimmed(line) == "." ? "" : trimmed(line);
    } else {
      const auto [name, value] = cut(line, ':');
      if (name.size() == line.size()) lines.fail(line, fmt::format("found {}, expected `Field: value`", excerpt(line)));
      const auto known = std::ranges::find(fields, name, &Field::name);
      field = known == fields.end() ? nullptr : &stanza[known - fields.begin()];
      within = true;
      if (field == nullptr) continue;
      if (!field->empty()) lines.fail(name, fmt::format("a second field {} in one paragraph", name));
      *field = trimmed(value);
    }
  }
  index.add(lines, stanza);
  Dataset data = index.dataset(rules);
  if (data.nodes() == 0)
    throw Error(Fault::input,
                fmt::format("{}: has no packages, expected paragraphs that begin `Package: name`", lines.name()));
  data.name = name_from(paths[0]);
  return data;
}

}  // namespace pfm::io
