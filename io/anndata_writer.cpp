#include <fmt/format.h>
#include <pfm/io/anndata.h>
#include <pfm/io/hdf5_writer.h>
#include <pfm/io/typed_hdf5.h>

namespace pfm::io {
namespace {

// The rows' names of a table: its index.
void write_index(Hdf5Writer& file, const std::string& table, const std::vector<std::string>& names, Offset rows) {
  std::vector<std::string> numbers;
  for (Offset i = 0; names.empty() && i < rows; ++i) numbers.push_back(std::to_string(i));
  file.group(table, "dataframe", "0.2.0");
  file.attribute(table, "_index", "_index");
  file.strings(table + "/_index", names.empty() ? numbers : names);
}

void write_obs(Hdf5Writer& file, const Dataset& data) {
  write_index(file, "/obs", data.names, data.nodes());
  std::vector<std::string> columns;
  if (!data.targets.classes.empty()) {
    columns.push_back("classes");
    file.categorical("/obs/classes", data.targets.classes, data.targets.class_names);
  }
  for (const auto& [name, items] : data.splits) {
    columns.push_back("split_" + escaped(name));
    std::vector<bool> in(static_cast<std::size_t>(data.nodes()));
    for (NodeId v : items) in[v] = true;
    file.booleans("/obs/" + columns.back(), in);
  }
  if (!data.texts.empty()) {
    columns.push_back("texts");
    file.strings("/obs/texts", data.texts);
  }
  file.attribute("/obs", "column-order", std::span<const std::string>(columns));
}

Offset write_x(Hdf5Writer& file, const Dataset& data) {
  const Features& x = data.all.x;
  if (x.is_sparse()) file.sparse("/X", x.sparse());
  if (x.is_dense()) file.array("/X", x.dense());
  if (x.is_identity()) file.array("/X", Matrix(data.nodes(), 0));  // AnnData wants a matrix
  return x.is_identity() ? 0 : x.cols();
}

}  // namespace

void write_anndata(const std::filesystem::path& path, const Dataset& data, const WriteRules&) {
  if (!data.types.empty() || !data.all.segments.empty())
    throw Error(Fault::input,
                fmt::format("{}: AnnData holds one graph with one type of nodes, {} has {}", path.string(), data.name,
                            data.types.empty() ? "many graphs" : "several types"));
  Hdf5Writer file(path, "anndata", "0.1.0");
  const Offset columns = write_x(file, data);
  write_obs(file, data);
  write_index(file, "/var", {}, columns);
  file.attribute("/var", "column-order", std::span<const std::string>());
  for (const char* group : {"/layers", "/obsm", "/obsp", "/uns", "/varm", "/varp"}) file.group(group);
  file.sparse("/obsp/adjacency", data.all.graph.adjacency());
  if (data.targets.label_sets.rows() > 0) file.sparse("/obsm/label_sets", data.targets.label_sets);
  if (data.targets.reals) file.array("/obsm/reals", *data.targets.reals);
  file.commit();
}

}  // namespace pfm::io
