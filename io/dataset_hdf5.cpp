// Data sets as HDF5; the layout is stated in docs/format.md.
#include <fmt/format.h>
#include <pfm/io/dataset.h>
#include <pfm/io/hdf5_reader.h>
#include <pfm/io/hdf5_writer.h>
#include <pfm/io/names_hdf5.h>
#include <pfm/io/typed_hdf5.h>

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>

namespace pfm::io {
namespace {

constexpr std::array<std::pair<Task, const char*>, 4> tasks{
    {{Task::none, "none"}, {Task::node, "node"}, {Task::link, "link"}, {Task::graph, "graph"}}};

constexpr const char* nodes_path = "/nodes/node";
constexpr const char* edges_path = "/edges/node/edge/node";

void write_nodes(Hdf5Writer& file, const Dataset& data) {
  const std::string at = nodes_path;
  file.group(at);
  file.attribute(at, "count", std::vector<std::int64_t>{data.nodes()});
  if (data.all.x.is_dense()) file.array(at + "/x", data.all.x.dense());
  if (data.all.x.is_sparse()) file.sparse(at + "/x", data.all.x.sparse());
  if (!data.names.empty()) write_names(file, at + "/names", data.names);
  if (!data.texts.empty()) file.strings(at + "/texts", data.texts);
}

void write_targets(Hdf5Writer& file, const Targets& targets) {
  if (!targets.classes.empty() && targets.class_names.empty()) file.array("/targets/classes", targets.classes);
  if (!targets.classes.empty() && !targets.class_names.empty())
    file.categorical("/targets/classes", targets.classes, targets.class_names);
  if (targets.label_sets.rows() > 0) file.sparse("/targets/label_sets", targets.label_sets);
  if (targets.reals) file.array("/targets/reals", *targets.reals);
  if (targets.pairs.empty()) return;
  std::vector<std::int32_t> numbers;
  for (const Triple& t : targets.pairs) numbers.insert(numbers.end(), {t.source, t.relation, t.target});
  file.array("/targets/pairs", numbers, {Offset(targets.pairs.size()), 3});
}

void write_edges(Hdf5Writer& file, const Graph& graph) {
  file.sparse(edges_path, graph.adjacency());
  if (!graph.edge_attributes().empty()) file.array(fmt::format("{}/attributes", edges_path), graph.edge_attributes());
  if (!graph.edge_types().empty()) file.array(fmt::format("{}/types", edges_path), graph.edge_types());
}

void write_samples(Hdf5Writer& file, const Batch& all) {
  if (!all.segments.empty()) file.array("/graph_ptr", all.segments);
  if (all.grids.empty()) return;
  std::vector<std::int32_t> sizes;
  for (const Grid& g : all.grids) sizes.push_back(g.height), sizes.push_back(g.width);
  file.array("/grids", sizes, {Offset(all.grids.size()), 2});
}

std::vector<NodeId> read_items(const Hdf5Reader& file, const std::string& path, Offset items) {
  const Stored<NodeId> stored = file.ids(path);
  std::vector<bool> seen(items);
  for (NodeId v : stored.values) {
    if (v < 0 || v >= items) file.fail(path, fmt::format("found item {}, expected one in [0, {})", v, items));
    if (seen[v]) file.fail(path, fmt::format("item {} stands there twice", v));
    seen[v] = true;
  }
  return {stored.values.begin(), stored.values.end()};
}

Features read_features(const Hdf5Reader& file, NodeId nodes) {
  const std::string path = fmt::format("{}/x", nodes_path);
  if (!file.has(path)) return Features::identity(nodes);
  Features x = file.text(path, "encoding-type") == "csr_matrix" ? Features(file.sparse(path)) : file.matrix(path);
  if (x.rows() != nodes)
    file.fail(path, fmt::format("found {} rows, expected one for each of {} nodes", x.rows(), nodes));
  return x;
}

Graph read_graph(const Hdf5Reader& file, NodeId nodes) {
  const std::string path = edges_path;
  if (!file.has(path)) return Graph::without_edges(nodes);
  Sparse adjacency = file.sparse(path);
  if (adjacency.rows() != nodes || adjacency.cols() != nodes)
    file.fail(path, fmt::format("found {} x {}, expected {} nodes", adjacency.rows(), adjacency.cols(), nodes));
  Matrix attributes;
  std::vector<std::int32_t> types;
  if (file.has(path + "/attributes")) attributes = file.matrix(path + "/attributes");
  if (file.has(path + "/types")) {
    const Stored<std::int32_t> stored = file.ids(path + "/types");
    types.assign(stored.values.begin(), stored.values.end());
  }
  if ((!attributes.empty() && attributes.rows() != adjacency.nonzeros()) ||
      (!types.empty() && Offset(types.size()) != adjacency.nonzeros()))
    file.fail(path, "expected an attribute row and a type for each edge, or none");
  return Graph(std::move(adjacency), std::move(attributes), std::move(types));
}

void read_samples(const Hdf5Reader& file, Batch& all) {
  const auto nodes = Offset(all.graph.nodes());
  if (file.has("/graph_ptr")) {
    const Stored<Offset> stored = file.offsets("/graph_ptr");
    const auto& p = stored.values;
    if (p.empty() || p.front() != 0 || p.back() != nodes || !std::ranges::is_sorted(p))
      file.fail("/graph_ptr", fmt::format("expected offsets that rise from 0 to the {} nodes", nodes));
    all.segments.assign(p.begin(), p.end());
    all.samples.resize(all.segments.size() - 1);
    std::iota(all.samples.begin(), all.samples.end(), 0);
  }
  if (!file.has("/grids")) return;
  const Stored<std::int32_t> sizes = file.ids("/grids");
  if (sizes.shape != std::vector<Offset>{Offset(all.segments.size()) - 1, 2})
    file.fail("/grids", "expected a height and a width for each graph");
  for (std::size_t g = 0; g + 1 < all.segments.size(); ++g) {
    const Grid grid{sizes.values[2 * g], sizes.values[2 * g + 1]};
    if (grid.height < 0 || grid.width < 0 || Offset(grid.height) * grid.width != all.segments[g + 1] - all.segments[g])
      file.fail("/grids", fmt::format("graph {} is not as large as its height times its width", g));
    all.grids.push_back(grid);
  }
}

std::vector<Triple> read_pairs(const Hdf5Reader& file, const Dataset& data) {
  const char* path = "/targets/pairs";
  std::vector<Triple> pairs;
  if (!file.has(path)) return pairs;
  const Stored<std::int32_t> numbers = file.ids(path);
  if (numbers.shape.size() != 2 || numbers.shape[1] != 3) file.fail(path, "expected rows of three numbers");
  const auto nodes = data.nodes();
  const auto relations = std::int32_t(std::max<std::size_t>(1, data.types.relations.size()));
  for (std::size_t i = 0; i < numbers.values.size(); i += 3) {
    const Triple t{numbers.values[i], numbers.values[i + 1], numbers.values[i + 2]};
    if (t.source < 0 || t.source >= nodes || t.target < 0 || t.target >= nodes || t.relation < 0 ||
        t.relation >= relations)
      file.fail(path, fmt::format("row {} is ({}, {}, {}), expected nodes in [0, {}) and a relation in [0, {})", i / 3,
                                  t.source, t.relation, t.target, nodes, relations));
    pairs.push_back(t);
  }
  return pairs;
}

Sparse read_item_pairs(const Hdf5Reader& file, const std::string& path, Offset items) {
  Sparse pairs = file.sparse(path);
  if (pairs.rows() != items || pairs.cols() != items)
    file.fail(path, fmt::format("found {} x {}, expected {} items", pairs.rows(), pairs.cols(), items));
  return pairs;
}

Targets read_targets(const Hdf5Reader& file, Offset items, std::vector<Triple> pairs) {
  Targets targets;
  if (!pairs.empty()) items = Offset(pairs.size());
  const auto sized = [&](const std::string& path, Offset rows) {
    if (rows != items) file.fail(path, fmt::format("found {} rows, expected one for each of {} items", rows, items));
  };
  if (const char* path = "/targets/classes"; file.has(path)) {
    targets.classes = file.classes(path, targets.class_names);
    sized(path, Offset(targets.classes.size()));
  }
  if (const char* path = "/targets/label_sets"; file.has(path)) {
    targets.label_sets = file.sparse(path);
    sized(path, targets.label_sets.rows());
  }
  if (const char* path = "/targets/reals"; file.has(path)) {
    const Stored<Real> stored = file.reals(path);  // NaN = missing
    if (stored.shape.size() != 2) file.fail(path, "expected two dimensions");
    sized(path, stored.shape[0]);
    Matrix reals(stored.shape[0], stored.shape[1]);
    std::ranges::copy(stored.values, reals.data());
    targets.reals = std::make_shared<const Matrix>(std::move(reals));
  }
  targets.pairs = std::move(pairs);
  return targets;
}

std::vector<std::string> one_for_each(const Hdf5Reader& file, const std::string& path, Offset count, const char* thing,
                                      std::vector<std::string> rows) {
  if (Offset(rows.size()) != count)
    file.fail(path, fmt::format("found {} rows, expected one for each of {} {}", rows.size(), count, thing));
  return rows;
}

// Of the nodes, or of the graphs.
std::vector<std::string> read_texts(const Hdf5Reader& file, const Batch& all) {
  const std::string path = fmt::format("{}/texts", nodes_path);
  if (!file.has(path)) return {};
  std::vector<std::string> texts = file.strings(path);
  if (!all.segments.empty() && texts.size() + 1 == all.segments.size()) return texts;
  return one_for_each(file, path, all.graph.nodes(), "nodes", std::move(texts));
}

NodeId read_count(const Hdf5Reader& file) {
  const std::vector<std::int64_t> count = file.numbers(nodes_path, "count");
  if (count.size() != 1 || count[0] < 0 || count[0] >= std::numeric_limits<NodeId>::max())
    file.fail(nodes_path, "expected an attribute count, the number of nodes");
  return NodeId(count[0]);
}

Task read_task(const Hdf5Reader& file) {
  const std::string name = file.text("/", "task");
  for (const auto& [task, text] : tasks)
    if (name == text) return task;
  file.fail("/", fmt::format("found task '{}', expected none, node, link or graph", name));
}

}  // namespace

void write_dataset(const std::filesystem::path& path, const Dataset& data, const Provenance& made_by, Layout layout) {
  Hdf5Writer file(path, "dataset", made_by, layout);
  file.attribute("/", "name", data.name);
  const auto task = std::ranges::find(tasks, data.task, &std::pair<Task, const char*>::first);
  file.attribute("/", "task", std::string(task->second));
  if (data.types.empty())
    write_nodes(file, data), write_edges(file, data.all.graph);
  else
    write_typed(file, data);
  for (const auto& [name, pairs] : data.metapaths) file.sparse("/metapaths/" + escaped(name), pairs);
  if (data.positives.rows() > 0) file.sparse("/positives", data.positives);
  write_samples(file, data.all);
  write_targets(file, data.targets);
  for (const auto& [split, items] : data.splits) file.array("/splits/" + split, items);
  for (std::size_t k = 0; k < data.folds.size(); ++k) file.array(fmt::format("/folds/{:04}", k), data.folds[k]);
  file.commit();
}

Dataset read_dataset(const std::filesystem::path& path) { return read_dataset(Hdf5Reader(path)); }

Dataset read_dataset(const Hdf5Reader& file) {
  if (file.text("/", "format") != "pfm" || file.text("/", "kind") != "dataset")
    file.fail("/", "not a pfm data set (attributes format and kind); convert it first");
  if (const auto version = file.numbers("/", "format-version"); version.empty() || version[0] != format_version)
    file.fail("/",
              fmt::format("expected format-version {}: a newer program wrote it, or it is damaged", format_version));
  Dataset data;
  data.name = file.text("/", "name");
  data.task = read_task(file);
  if (is_typed(file)) {
    read_typed(file, data);
  } else {
    const NodeId nodes = read_count(file);
    data.all.graph = read_graph(file, nodes);
    data.all.x = read_features(file, nodes);
    const std::string names = fmt::format("{}/names", nodes_path);
    if (file.has(names)) data.names = one_for_each(file, names, nodes, "nodes", read_names(file, names));
  }
  read_samples(file, data.all);
  if (data.types.empty()) data.texts = read_texts(file, data.all);
  const Offset samples = data.items();
  for (const std::string& name : file.children("/metapaths"))
    data.metapaths[unescaped(name)] = read_item_pairs(file, "/metapaths/" + name, samples);
  if (file.has("/positives")) data.positives = read_item_pairs(file, "/positives", samples);
  data.targets = read_targets(file, samples, read_pairs(file, data));
  const Offset items = data.items();
  for (const std::string& split : file.children("/splits"))
    data.splits[split] = read_items(file, "/splits/" + split, items);
  for (const std::string& fold : file.children("/folds"))
    data.folds.push_back(read_items(file, "/folds/" + fold, items));
  return data;
}

}  // namespace pfm::io
