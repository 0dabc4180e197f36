#include <fmt/format.h>
#include <pfm/io/dataset.h>
#include <pfm/io/embedding.h>
#include <pfm/io/hdf5_reader.h>
#include <pfm/io/typed_hdf5.h>
#include <pfm/io/validate.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <unordered_set>

namespace pfm::io {
namespace {

using Kind = Hdf5Reader::Kind;

struct Encoding {
  const char *type, *version;
  Kind kind;
};
constexpr std::array<Encoding, 5> encodings{{{"dict", "0.1.0", Kind::group},
                                             {"csr_matrix", "0.1.0", Kind::group},
                                             {"categorical", "0.2.0", Kind::group},
                                             {"array", "0.2.0", Kind::numbers},
                                             {"string-array", "0.2.0", Kind::strings}}};

struct Objects {
  std::int64_t groups = 0, verified = 0, without = 0;
};

// Every object below `path`: how it is encoded, whether it agrees with its checksum.
void check_objects(const Hdf5Reader& file, const std::string& path, Objects& count) {
  for (const std::string& name : file.children(path)) {
    const std::string at = (path == "/" ? "" : path) + "/" + name;
    const Kind kind = file.kind(at);
    const std::string type = file.text(at, "encoding-type"), version = file.text(at, "encoding-version");
    const bool known = std::ranges::any_of(
        encodings, [&](const Encoding& e) { return type == e.type && version == e.version && kind == e.kind; });
    if (!known)
      file.fail(at, fmt::format("found encoding-type '{}' of version '{}', expected one that fits {}", type, version,
                                kind == Kind::group     ? "a group: dict, csr_matrix or categorical"
                                : kind == Kind::numbers ? "numbers: array"
                                                        : "strings: string-array"));
    if (kind == Kind::group) {
      ++count.groups;
      check_objects(file, at, count);
    } else {
      ++(file.verify(at) ? count.verified : count.without);
    }
  }
}

std::size_t first_repeated(std::span<const std::string> words) {
  std::unordered_set<std::string_view> seen;
  for (std::size_t i = 0; i < words.size(); ++i)
    if (!seen.insert(words[i]).second) return i;
  return words.size();
}

void check_different(const Hdf5Reader& file, const std::string& place, std::span<const std::string> words) {
  if (const std::size_t i = first_repeated(words); i < words.size())
    file.fail(place, fmt::format("row {} is '{}', which stands there before, expected different names", i, words[i]));
}

// Names of nodes are different within a node type.
void check_names(const Hdf5Reader& file, const Dataset& data) {
  if (data.names.empty()) return;
  if (data.types.empty()) return check_different(file, "/nodes/node/names", data.names);
  for (std::size_t t = 0; t < data.types.nodes.size(); ++t) {
    const auto begin = std::size_t(data.types.node_ptr[t]), end = std::size_t(data.types.node_ptr[t + 1]);
    const auto part = std::span(data.names).subspan(begin, end - begin);
    if (std::ranges::any_of(part, [](const std::string& name) { return !name.empty(); }))  // a type may have none
      check_different(file, fmt::format("/nodes/{}/names", escaped(data.types.nodes[t])), part);
  }
}

void check_edges_stay_in_graphs(const Hdf5Reader& file, const Dataset& data) {
  const auto& ptr = data.all.segments;
  for (std::size_t g = 0; g + 1 < ptr.size(); ++g)
    for (Offset v = ptr[g]; v < ptr[g + 1]; ++v)
      if (const auto row = data.all.graph.adjacency().columns(v);
          !row.empty() && (row.front() < ptr[g] || row.back() >= ptr[g + 1]))
        file.fail("/graph_ptr", fmt::format("node {} of graph {} has an edge to another graph", v, g));
}

// Marks the items; the place names both sets where one is in two.
class Members {
 public:
  explicit Members(Offset items) : of_(std::size_t(items), -1) {}
  void add(const Hdf5Reader& file, const std::string& place, std::span<const NodeId> items) {
    for (NodeId v : items) {
      if (of_[v] >= 0) file.fail(place, fmt::format("item {} is also in {}", v, places_[of_[v]]));
      of_[v] = std::int32_t(places_.size());
    }
    places_.push_back(place);
  }
  Offset in_none() const { return std::ranges::count(of_, -1); }

 private:
  std::vector<std::int32_t> of_;
  std::vector<std::string> places_;
};

// "train", "validation" and "test" with the same ending, such as "-20", belong together.
void check_splits(const Hdf5Reader& file, const Dataset& data) {
  for (const auto& [name, items] : data.splits) {
    if (!name.starts_with("train")) continue;
    const std::string ending = name.substr(std::string_view("train").size());
    Members members(data.items());
    for (const char* part : {"train", "validation", "test"})
      if (const auto split = data.splits.find(part + ending); split != data.splits.end())
        members.add(file, "/splits/" + split->first, split->second);
  }
}

std::string described_splits(const Dataset& data) {
  std::string text;
  for (const auto& [name, items] : data.splits)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, items.size());
  return text;
}

void check_targets(const Hdf5Reader& file, const Targets& targets) {
  check_different(file, "/targets/classes/categories", targets.class_names);
  if (targets.label_sets.weighted())
    for (Real v : targets.label_sets.view().values)
      if (v != 1) file.fail("/targets/label_sets/data", fmt::format("found {}, expected 1", v));
  if (!targets.reals) return;
  for (Real v : targets.reals->values())
    if (std::isinf(v))
      file.fail("/targets/reals", "found an infinite value, expected numbers, NaN where one is missing");
}

std::string described_targets(const Targets& targets) {
  std::string text;
  auto say = [&](Offset rows, const char* what) {
    if (rows > 0) text += fmt::format("{}{} rows of {}", text.empty() ? "" : ", ", rows, what);
  };
  say(Offset(targets.classes.size()), "classes");
  say(targets.label_sets.rows(), "label sets");
  say(targets.reals ? targets.reals->rows() : 0, "reals");
  say(Offset(targets.pairs.size()), "facts");
  return text;
}

void check_dataset(const Hdf5Reader& file, std::vector<Checked>& checked) {
  const Dataset data = read_dataset(file);
  if (!file.findings().unsorted.empty()) {
    const auto& [place, entry] = *file.findings().unsorted.begin();
    file.fail(place,
              fmt::format("entry {} is not above the one before it in its row, expected ascending columns", entry));
  }
  checked.push_back({"edges", fmt::format("{} nodes, {} entries: offsets, columns in range and ascending, finite",
                                          data.nodes(), data.all.graph.edges())});
  if (!data.types.empty())
    checked.push_back({"types", fmt::format("{} of nodes, {} relations: ends of the right types",
                                            data.types.nodes.size(), data.types.relations.size())});
  if (!data.all.x.is_identity())
    checked.push_back({"features", fmt::format("{} x {}: finite", data.all.x.rows(), data.all.x.cols())});
  check_edges_stay_in_graphs(file, data);
  if (!data.all.segments.empty())
    checked.push_back({"graphs", fmt::format("{}: offsets, edges within their graphs", data.graphs())});
  check_names(file, data);
  if (!data.names.empty()) checked.push_back({"names", fmt::format("{}: UTF-8, different", data.names.size())});
  check_targets(file, data.targets);
  if (const std::string text = described_targets(data.targets); !text.empty())
    checked.push_back({"targets", text + ": one per item, in range"});
  check_splits(file, data);
  if (!data.splits.empty())
    checked.push_back(
        {"splits", described_splits(data) + ": in range, each item once, train, validation, test disjoint"});
  if (data.folds.empty()) return;
  Members folds(data.items());
  for (std::size_t k = 0; k < data.folds.size(); ++k) folds.add(file, fmt::format("/folds/{:04}", k), data.folds[k]);
  checked.push_back({"folds", fmt::format("{}: disjoint, {} items in none of them: these are always trained on",
                                          data.folds.size(), folds.in_none())});
}

void check_embedding(const Hdf5Reader& file, std::vector<Checked>& checked) {
  const Embedding embedding = read_embedding(file);
  check_different(file, "/names", embedding.names);
  checked.push_back({"rows", fmt::format("{} x {}: finite{}", embedding.rows.rows(), embedding.rows.cols(),
                                         embedding.names.empty() ? "" : ", a name each, different")});
}

}  // namespace

std::vector<Checked> validate(const std::filesystem::path& path) {
  const Hdf5Reader file(path);
  std::vector<Checked> checked{{"file", "HDF5 that holds itself, no links, no foreign filters or types"}};
  if (file.text("/", "kind") == "embedding")
    check_embedding(file, checked);
  else
    check_dataset(file, checked);
  Objects count;
  check_objects(file, "/", count);
  checked.push_back({"encodings", fmt::format("{} groups, {} arrays", count.groups, count.verified + count.without)});
  checked.push_back({"checksums", fmt::format("{} arrays agree; without one: {}", count.verified, count.without)});
  return checked;
}

}  // namespace pfm::io
