#include <fmt/format.h>
#include <pfm/io/anndata.h>
#include <pfm/io/check.h>
#include <pfm/io/entries.h>
#include <pfm/io/hdf5_reader.h>
#include <pfm/io/names_hdf5.h>
#include <pfm/io/text.h>
#include <pfm/io/typed_hdf5.h>

#include <algorithm>
#include <cmath>

namespace pfm::io {
namespace {

constexpr std::string_view split_column = "split_";

// Whether the names are 0, 1, .. as they count the rows anyway.
bool counting(const std::vector<std::string>& names) {
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] != std::to_string(i)) return false;
  return true;
}

void sized(const Hdf5Reader& file, const std::string& path, Offset found, Offset rows) {
  if (found != rows) file.fail(path, fmt::format("found {} rows, expected one for each of {}", found, rows));
}

Sparse without_ones(const Sparse& m) {
  return std::ranges::all_of(m.view().values, [](Real v) { return v == 1; }) ? m.without_values() : m;
}

Sparse read_sparse(const Hdf5Reader& file, const std::string& path) {
  if (file.text(path, "encoding-type") != "csc_matrix") return without_ones(file.sparse(path));
  std::vector<std::int64_t> shape = file.numbers(path, "shape");
  std::ranges::reverse(shape);
  return without_ones(file.compressed(path, shape).transpose());
}

Features read_x(const Hdf5Reader& file, NodeId nodes) {
  if (!file.has("/X")) return Features::identity(nodes);
  const Features x = file.has("/X/indptr") ? Features(read_sparse(file, "/X")) : Features(file.matrix("/X"));
  sized(file, "/X", x.rows(), nodes);
  return x.cols() == 0 ? Features::identity(nodes) : x;
}

Graph read_graph(const Hdf5Reader& file, NodeId nodes, const ReadRules& rules) {
  const std::vector<std::string> all = file.children("/obsp");
  if (all.empty()) return Graph::without_edges(nodes);
  std::string name = all.front();
  for (const char* known : {"connectivities", "adjacency"})
    if (std::ranges::find(all, known) != all.end()) name = known;
  const std::string path = "/obsp/" + name;
  const Sparse a = read_sparse(file, path);
  sized(file, path, a.rows(), nodes);
  Entries entries{a.rows(), a.cols(), {}, {}};
  for (NodeId u = 0; u < a.rows(); ++u)
    for (std::size_t e = 0; e < a.columns(u).size(); ++e)
      entries.add(u, a.columns(u)[e], a.weighted() ? a.values(u)[e] : 1);
  return graph_of(path, std::move(entries), rules.build(false));
}

bool is_categorical(const Hdf5Reader& file, const std::string& path) {
  return file.has(path) && file.text(path, "encoding-type") == "categorical";
}

// The path of the column that gives the classes; "" if there is none.
std::string class_column(const Hdf5Reader& file) {
  if (is_categorical(file, "/obs/classes")) return "/obs/classes";
  for (const std::string& column : file.texts("/obs", "column-order")) {
    const std::string path = "/obs/" + column;
    if (is_categorical(file, path) && read_names(file, path + "/categories").size() > 1) return path;
  }
  return "";
}

void read_classes_of(const Hdf5Reader& file, Dataset& data) {
  const std::string path = class_column(file);
  if (path.empty()) return;
  const Stored<std::int32_t> codes = file.ids(path + "/codes");
  std::vector<std::string> names = read_names(file, path + "/categories");
  sized(file, path, Offset(codes.values.size()), data.nodes());
  for (std::int32_t code : codes.values)
    if (code < -1 || code >= std::int64_t(names.size()))
      file.fail(path, fmt::format("found code {}, expected one in [-1, {})", code, names.size()));
  data.targets.classes.assign(codes.values.begin(), codes.values.end());
  if (!counting(names) || file.text(path + "/categories", "encoding-type") != "array")
    data.targets.class_names = std::move(names);
}

void read_splits(const Hdf5Reader& file, Dataset& data) {
  for (const std::string& column : file.children("/obs")) {
    const std::string path = "/obs/" + column;
    if (!column.starts_with(split_column) || !file.is_boolean(path)) continue;
    const std::vector<bool> in = file.booleans(path);
    sized(file, path, Offset(in.size()), data.nodes());
    std::vector<NodeId>& items = data.splits[unescaped(column.substr(split_column.size()))];
    for (std::size_t i = 0; i < in.size(); ++i)
      if (in[i]) items.push_back(NodeId(i));
  }
}

void read_obsm(const Hdf5Reader& file, Dataset& data) {
  if (file.has("/obsm/label_sets/indptr")) {
    data.targets.label_sets = read_sparse(file, "/obsm/label_sets").without_values();
    sized(file, "/obsm/label_sets", data.targets.label_sets.rows(), data.nodes());
  }
  if (!file.has("/obsm/reals")) return;
  const Stored<Real> stored = file.reals("/obsm/reals");  // NaN = missing
  if (stored.shape.size() != 2) file.fail("/obsm/reals", "expected two dimensions");
  sized(file, "/obsm/reals", stored.shape[0], data.nodes());
  Matrix reals(stored.shape[0], stored.shape[1]);
  for (std::size_t i = 0; i < stored.values.size(); ++i) {
    if (std::isinf(stored.values[i])) file.fail("/obsm/reals", "an infinite number");
    reals.data()[i] = stored.values[i];
  }
  data.targets.reals = std::make_shared<const Matrix>(std::move(reals));
}

Dataset read_observations(const Hdf5Reader& file, const ReadRules& rules) {
  const std::string index = file.text("/obs", "_index");
  if (index.empty()) file.fail("/obs", "expected a table with an attribute _index (anndata 0.8 or later)");
  Dataset data;
  data.names = file.strings("/obs/" + index);
  if (Offset(data.names.size()) >= std::numeric_limits<NodeId>::max())
    file.fail("/obs", "more rows than 32-bit ids can name");
  const auto nodes = NodeId(data.names.size());
  if (counting(data.names)) data.names.clear();
  data.all.graph = read_graph(file, nodes, rules);
  data.all.x = read_x(file, nodes);
  read_classes_of(file, data);
  read_splits(file, data);
  read_obsm(file, data);
  if (file.has("/obs/texts") && file.text("/obs/texts", "encoding-type") == "string-array") {
    data.texts = file.strings("/obs/texts");
    sized(file, "/obs/texts", Offset(data.texts.size()), nodes);
  }
  const Targets& t = data.targets;
  const bool labelled = !t.classes.empty() || t.label_sets.rows() > 0 || t.reals;
  data.task = labelled                                                    ? Task::node
              : file.has("/obsp/adjacency") || data.all.graph.edges() > 0 ? Task::link
                                                                          : Task::none;
  return data;
}

Dataset read_10x(const Hdf5Reader& file) {
  const Stored<std::int64_t> stored = file.offsets("/matrix/shape");  // genes, barcodes
  std::vector<std::int64_t> shape(stored.values.begin(), stored.values.end());
  std::ranges::reverse(shape);
  Dataset data;
  Sparse x = file.compressed("/matrix", shape);
  data.all.graph = Graph::without_edges(NodeId(x.rows()));
  data.all.x = std::move(x);
  data.names = file.strings("/matrix/barcodes");
  sized(file, "/matrix/barcodes", Offset(data.names.size()), data.nodes());
  return data;
}

}  // namespace

bool is_anndata(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  return (name.ends_with(".h5ad") || name.ends_with("feature_bc_matrix.h5")) && is_hdf5(path);
}

Dataset read_anndata(Paths paths, const ReadRules& rules) {
  const Hdf5Reader file(paths[0]);
  const bool observations = file.has("/obs");
  if (!observations && !file.has("/matrix/barcodes"))
    file.fail("/", "expected the groups X and obs of AnnData, or the group matrix of 10x Genomics");
  Dataset data = observations ? read_observations(file, rules) : read_10x(file);
  data.name = name_from(paths[0]);
  return data;
}

}  // namespace pfm::io
