#include <fmt/format.h>
#include <pfm/graph/metapath.h>
#include <pfm/graph/relations.h>
#include <pfm/io/heco.h>
#include <pfm/io/npy.h>
#include <pfm/io/npz.h>
#include <pfm/io/text.h>
#include <pfm/io/zip.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace pfm::io {
namespace {

namespace fs = std::filesystem;
constexpr std::int64_t most = std::numeric_limits<NodeId>::max() - 1;
constexpr std::int64_t most_classes = 1 << 20;
// A type without features: ids beyond both are refused, so that a small file cannot ask for much memory.
constexpr std::int64_t ids_freely = 1 << 20, ids_per_link = 32;

[[noreturn]] void fail(const fs::path& path, const std::string& what) {
  throw Error(Fault::input, fmt::format("{}: {}", path.string(), what));
}

bool is_letters(const std::string& text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= 'a' && c <= 'z'; });
}

// What lies in the folder, by kind.
struct Folder {
  fs::path path;
  std::vector<std::string> links, metapaths, splits;  // "pa", "pap", "train_20"; sorted
  fs::path file(const std::string& name) const { return path / name; }
};

Folder look(const fs::path& path) {
  Folder folder{path, {}, {}, {}};
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(path, error)) {
    const std::string name = entry.path().stem().string(), ending = entry.path().extension().string();
    if (ending == ".txt" && name.size() == 2 && is_letters(name)) folder.links.push_back(name);
    const bool metapath = name.size() > 2 && is_letters(name) && name.front() == name.back();
    if (ending == ".npz" && metapath) folder.metapaths.push_back(name);
    const bool split = name.starts_with("train_") || name.starts_with("val_") || name.starts_with("test_");
    if (ending == ".npy" && split && is_utf8(name)) folder.splits.push_back(name);
  }
  for (auto* list : {&folder.links, &folder.metapaths, &folder.splits}) std::ranges::sort(*list);
  return folder;
}

std::string type_name(char letter, char target) {
  const std::map<char, std::string> papers{
      {'p', "paper"}, {'a', "author"}, {'s', "subject"}, {'c', "venue"}, {'t', "term"}},
      films{{'m', "movie"}, {'a', "actor"}, {'d', "director"}, {'w', "writer"}};
  const auto& names = target == 'm' ? films : papers;
  const auto found = names.find(letter);
  return found == names.end() ? std::string(1, letter) : found->second;
}

// The letters of the types, the target first.
std::string letters_of(const Folder& folder) {
  if (folder.metapaths.empty())
    fail(folder.path, "has no meta-path (a file like pap.npz), which names the target type");
  std::string letters(1, folder.metapaths[0][0]);
  for (const std::string& name : folder.metapaths)
    if (name[0] != letters[0])
      fail(folder.path, fmt::format("the meta-paths {} and {} begin with different types", folder.metapaths[0], name));
  for (const std::string& name : folder.links)
    for (const char letter : name)
      if (letters.find(letter) == std::string::npos) letters += letter;
  return letters;
}

struct Links {
  std::vector<Edge> pairs;
  NodeId highest[2] = {-1, -1};
};

Links read_links(const fs::path& path) {
  Links links;
  for (Text text(path); text.next_line();) {
    const auto i = NodeId(text.integer("the id of a node", 0, most - 1));
    const auto j = NodeId(text.integer("the id of a node", 0, most - 1));
    text.end_of_line();
    links.pairs.push_back({i, j});
    links.highest[0] = std::max(links.highest[0], i), links.highest[1] = std::max(links.highest[1], j);
  }
  return links;
}

Sparse read_features(const fs::path& path) {
  if (is_zip(path)) return features_of(path.string(), read_scipy(path));
  return Features(read_npy(path)).as_sparse();
}

// Integers in [0, highest] of an .npy file; some files keep them as floats.
std::vector<std::int32_t> read_integers(const fs::path& path, const char* what, std::int64_t highest) {
  const std::string content = read_file(path);
  std::vector<std::int32_t> result;
  for (const double value : parse_npy(path.string(), content).numbers()) {
    if (!(value >= 0 && value <= double(highest)) || value != std::floor(value))
      fail(path, fmt::format("found {}, expected {}, a whole number in [0, {}]", value, what, highest));
    result.push_back(std::int32_t(value));
  }
  return result;
}

std::vector<NodeId> read_items(const fs::path& path, NodeId items) {
  std::vector<NodeId> numbers = read_integers(path, "an item", items - 1);
  std::vector<bool> seen(items);
  for (const NodeId i : numbers) {
    if (seen[i]) fail(path, fmt::format("item {} stands there twice", i));
    seen[i] = true;
  }
  return numbers;
}

Sparse read_item_pairs(const fs::path& path, NodeId items) {
  const Sparse pairs = features_of(path.string(), read_scipy(path));
  if (pairs.rows() != items || pairs.cols() != items)
    fail(path, fmt::format("found {} x {}, expected {} items", pairs.rows(), pairs.cols(), items));
  return pairs.without_values();
}

// How many nodes each type has.
void count_nodes(const Folder& folder, const std::string& letters, const std::vector<Links>& links,
                 const std::vector<Sparse>& features, Dataset& data) {
  data.types.node_ptr = {0};
  for (std::size_t t = 0; t < letters.size(); ++t) {
    std::int64_t highest = -1, given = 0;
    for (std::size_t f = 0; f < links.size(); ++f)
      for (const int side : {0, 1})
        if (folder.links[f][side] == letters[t])
          highest = std::max<std::int64_t>(highest, links[f].highest[side]), given += Offset(links[f].pairs.size());
    const bool known = t == 0 || features[t].rows() > 0;
    const std::int64_t rows = t == 0 ? std::int64_t(data.targets.classes.size()) : features[t].rows();
    const std::int64_t allowed = known ? rows : std::max(ids_freely, ids_per_link * given);
    if (highest >= allowed)
      fail(folder.path,
           fmt::format("a link names node {} of type {}, expected less than {}", highest, letters[t], allowed));
    if (known && features[t].rows() > 0 && features[t].rows() != rows)
      fail(folder.path, fmt::format("{} rows of features for {} labels", features[t].rows(), rows));
    const std::int64_t total = data.types.node_ptr.back() + (known ? rows : highest + 1);
    if (total > most) fail(folder.path, "more nodes than 32-bit ids can name");
    data.types.node_ptr.push_back(NodeId(total));
  }
}

// The rows of all types, each type in columns of its own.
void join_features(const Folder& folder, const std::vector<Sparse>& features, Dataset& data) {
  data.all.x = Features::identity(data.nodes());
  std::vector<Offset> offsets{0}, column_ptr{0};
  std::vector<NodeId> columns;
  std::vector<Real> values;
  const bool weighted = std::ranges::any_of(features, &Sparse::weighted);
  for (std::size_t t = 0; t < features.size(); ++t) {
    const Sparse& x = features[t];
    if (column_ptr.back() + x.cols() > most) fail(folder.path, "more columns than 32-bit ids can name");
    const Offset before = Offset(columns.size());
    for (const NodeId c : x.view().columns) columns.push_back(NodeId(column_ptr.back()) + c);
    for (Offset v = 1; v <= x.rows(); ++v) offsets.push_back(before + x.view().offsets[v]);
    offsets.resize(std::size_t(data.types.node_ptr[t + 1]) + 1, offsets.back());
    if (x.weighted()) values.insert(values.end(), x.view().values.begin(), x.view().values.end());
    if (weighted) values.resize(columns.size(), 1);
    column_ptr.push_back(column_ptr.back() + x.cols());
  }
  if (column_ptr.back() == 0) return;
  data.all.x = Sparse(data.nodes(), column_ptr.back(), std::move(offsets), std::move(columns), std::move(values));
  data.types.column_ptr = std::move(column_ptr);
}

// dblp comes without aptpa.npz: authors whose papers share a term.
void add_aptpa(const Folder& folder, Dataset& data, const ReadRules& rules) {
  const auto at = [&](const char* name) { return std::ranges::find(folder.links, name) - folder.links.begin(); };
  const auto pa = at("pa"), pt = at("pt"), count = std::ptrdiff_t(folder.links.size());
  if (!data.metapaths.contains("apcpa") || data.metapaths.contains("aptpa") || pa == count || pt == count) return;
  const auto of_author = std::int32_t(pa), of_term = std::int32_t(pt);
  const PathStep path[] = {{of_author, true}, {of_term}, {of_term, true}, {of_author}};
  data.metapaths["aptpa"] = metapath(data.all.graph, data.types, path);
  if (rules.note) rules.note("aptpa.npz is not there: the meta-path aptpa is the pattern of PA^T PT PT^T PA");
}

}  // namespace

bool is_heco(const fs::path& path) {
  std::error_code none;
  return fs::is_directory(path, none) && fs::exists(path / "labels.npy", none) && !look(path).links.empty();
}

Dataset read_heco(Paths paths, const ReadRules& rules) {
  if (!fs::is_directory(paths[0])) fail(paths[0], "expected a folder with labels.npy, pa.txt, pap.npz and the like");
  const Folder folder = look(paths[0]);
  const std::string letters = letters_of(folder);
  Dataset data;
  data.name = name_from(paths[0]);
  data.task = Task::node;
  const fs::path labels = folder.file("labels.npy");
  data.targets.classes = read_integers(labels, "a class", most_classes - 1);
  if (data.targets.classes.empty()) fail(labels, "has no labels");

  std::vector<Links> links;
  for (const std::string& name : folder.links) links.push_back(read_links(folder.file(name + ".txt")));
  std::vector<Sparse> features(letters.size());
  for (std::size_t t = 0; t < letters.size(); ++t) {
    data.types.nodes.push_back(type_name(letters[t], letters[0]));
    const fs::path file = folder.file(std::string(1, letters[t]) + "_feat.npz");
    if (fs::exists(file)) features[t] = read_features(file);
  }
  count_nodes(folder, letters, links, features, data);

  std::vector<TypedEdge> edges;
  for (std::size_t f = 0; f < links.size(); ++f) {
    const auto source = std::int32_t(letters.find(folder.links[f][0])),
               target = std::int32_t(letters.find(folder.links[f][1]));
    data.types.relations.push_back({folder.links[f], source, target, true});
    for (const Edge& e : links[f].pairs)
      edges.push_back(
          {data.types.node_ptr[source] + e.source, data.types.node_ptr[target] + e.target, std::int32_t(f)});
  }
  data.all.graph = build_relations(data.types, std::move(edges));
  join_features(folder, features, data);

  const NodeId items = data.types.node_ptr[1];
  for (const std::string& name : folder.splits)
    data.splits[name.starts_with("val_") ? "validation_" + name.substr(4) : name] =
        read_items(folder.file(name + ".npy"), items);
  for (const std::string& name : folder.metapaths)
    data.metapaths[name] = read_item_pairs(folder.file(name + ".npz"), items);
  if (const fs::path positives = folder.file("pos.npz"); fs::exists(positives))
    data.positives = read_item_pairs(positives, items);
  add_aptpa(folder, data, rules);
  return data;
}

}  // namespace pfm::io
