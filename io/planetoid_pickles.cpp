// The original files ind.NAME.{x,tx,allx,y,ty,ally,graph,test.index}.
#include <fmt/format.h>
#include <pfm/graph/build.h>
#include <pfm/io/pickle.h>
#include <pfm/io/planetoid.h>
#include <pfm/io/text.h>

#include <algorithm>
#include <numeric>

namespace pfm::io {
namespace {

namespace fs = std::filesystem;

// The part NAME of the one file ind.NAME.graph in a folder; "" if there is none.
std::string name_in(const fs::path& folder) {
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none)) {
    const std::string file = entry.path().filename().string();
    if (file.starts_with("ind.") && file.ends_with(".graph") && file.size() > 10)
      return file.substr(4, file.size() - 10);
  }
  return "";
}

struct Source {
  fs::path folder;
  std::string name;
  fs::path path(const char* part) const { return folder / fmt::format("ind.{}.{}", name, part); }
  pickle::Ref value(const char* part) const { return pickle::parse(path(part).string(), read_file(path(part))); }
  pickle::Csr csr(const char* part) const { return pickle::csr(path(part).string(), *value(part)); }
  // The class of each row of one-hot labels, -1 where the row is empty.
  std::vector<std::int32_t> classes(const char* part) const;
};

std::vector<std::int32_t> Source::classes(const char* part) const {
  const std::string file = path(part).string();
  const pickle::Array one_hot = pickle::array(file, *value(part));
  if (one_hot.shape.size() != 2 || one_hot.shape[1] < 1)
    throw Error(Fault::input, file + ": expected a row of classes per node");
  std::vector<std::int32_t> result(one_hot.shape[0]);
  for (Offset i = 0; i < one_hot.shape[0]; ++i) {
    const auto row = one_hot.values.begin() + i * one_hot.shape[1];
    const auto highest = std::max_element(row, row + one_hot.shape[1]);
    result[i] = *highest > 0 ? std::int32_t(highest - row) : -1;
  }
  return result;
}

std::vector<Edge> edges_of(const Source& source, NodeId& nodes) {
  const std::string file = source.path("graph").string();
  const auto lists = pickle::adjacency(file, *source.value("graph"));
  nodes = NodeId(lists.size());
  std::vector<bool> seen(lists.size());
  std::vector<Edge> edges;
  auto checked = [&](std::int64_t v) {
    if (v < 0 || v >= nodes)
      throw Error(Fault::input, fmt::format("{}: found node {}, expected one in [0, {})", file, v, nodes));
    return NodeId(v);
  };
  for (const auto& [node, others] : lists) {
    const NodeId u = checked(node);
    if (seen[u]) throw Error(Fault::input, fmt::format("{}: node {} stands there twice", file, u));
    seen[u] = true;
    for (std::int64_t v : others)
      if (checked(v) != u) edges.push_back({u, NodeId(v)});
  }
  return edges;
}

std::vector<NodeId> test_index(const Source& source, NodeId labelled, NodeId nodes) {
  const std::string content = read_file(source.path("test.index"));
  Text text(source.path("test.index").string(), content);
  std::vector<NodeId> index;
  std::vector<bool> seen(nodes);
  while (text.next_line()) {
    index.push_back(NodeId(text.integer("a test node", labelled, nodes - 1)));
    if (seen[index.back()]) text.fail("every test node once");
    seen[index.back()] = true;
    text.end_of_line();
  }
  return index;
}

// Row v of the features is row `from[v]` of allx and tx one below the other, -1 = zeros.
Sparse stacked(const pickle::Csr& allx, const pickle::Csr& tx, const std::vector<Offset>& from) {
  std::vector<Offset> offsets{0};
  std::vector<std::pair<NodeId, Real>> row;
  std::vector<NodeId> columns;
  std::vector<Real> values;
  for (Offset source : from) {
    const pickle::Csr& m = source < allx.rows ? allx : tx;
    row.clear();
    if (source >= 0)
      for (Offset i = source - (&m == &tx ? allx.rows : 0), e = m.offsets[i]; e < m.offsets[i + 1]; ++e)
        if (m.values[e] != 0) row.emplace_back(m.columns[e], Real(m.values[e]));
    std::ranges::sort(row);
    for (const auto& [column, value] : row) columns.push_back(column), values.push_back(value);
    offsets.push_back(Offset(columns.size()));
  }
  if (std::ranges::all_of(values, [](Real v) { return v == 1; })) values.clear();
  return {Offset(from.size()), allx.cols, std::move(offsets), std::move(columns), std::move(values)};
}

}  // namespace

bool is_planetoid(const fs::path& folder) {
  if (!fs::is_directory(folder)) return false;
  const std::string name = name_in(folder);
  // Without its largest file a folder may hold the same as text.
  return !name.empty() && (fs::exists(folder / ("ind." + name + ".allx")) || !fs::exists(folder / "text"));
}

Dataset read_planetoid(const fs::path& folder) {
  const Source source{folder, name_in(folder)};
  if (source.name.empty())
    throw Error(Fault::input,
                fmt::format("{}: has no file ind.NAME.graph, expected Planetoid's files", folder.string()));
  Dataset data;
  data.name = as_utf8(source.name);
  NodeId nodes = 0;
  const std::vector<Edge> edges = edges_of(source, nodes);
  data.all.graph = build_graph(nodes, edges);

  const pickle::Csr allx = source.csr("allx"), tx = source.csr("tx");
  const std::vector<std::int32_t> ally = source.classes("ally"), ty = source.classes("ty");
  const auto train = NodeId(source.classes("y").size());
  const auto labelled = NodeId(allx.rows);
  if (allx.rows > nodes) throw Error(Fault::input, source.path("allx").string() + ": more rows than nodes");
  const std::vector<NodeId> test = test_index(source, labelled, nodes);
  if (allx.cols != tx.cols || Offset(ally.size()) != allx.rows || Offset(ty.size()) != tx.rows ||
      Offset(test.size()) != tx.rows || train > labelled)
    throw Error(Fault::input, fmt::format("{}: features, labels, test.index and graph of {} do not fit each other",
                                          folder.string(), source.name));
  std::vector<Offset> from(std::size_t(nodes), -1);
  std::iota(from.begin(), from.begin() + labelled, Offset{0});
  data.targets.classes = ally;
  data.targets.classes.resize(std::size_t(nodes), -1);
  for (std::size_t i = 0; i < test.size(); ++i)
    from[test[i]] = allx.rows + Offset(i), data.targets.classes[test[i]] = ty[i];
  data.all.x = stacked(allx, tx, from);

  auto range = [](NodeId begin, NodeId end) {
    std::vector<NodeId> items(std::size_t(std::max(0, end - begin)));
    std::iota(items.begin(), items.end(), begin);
    return items;
  };
  constexpr NodeId validation = 500;  // the public split's, right behind the training nodes
  data.splits["train"] = range(0, train);
  data.splits["validation"] = range(train, std::min(labelled, train + validation));
  data.splits["test"] = test;
  std::ranges::sort(data.splits["test"]);
  data.task = Task::node;
  return data;
}

}  // namespace pfm::io
