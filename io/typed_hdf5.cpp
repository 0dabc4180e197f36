#include <fmt/format.h>
#include <pfm/graph/relations.h>
#include <pfm/io/names_hdf5.h>
#include <pfm/io/typed_hdf5.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <set>

namespace pfm::io {
namespace {

constexpr std::int64_t most_nodes = std::numeric_limits<NodeId>::max() - 1;

std::string path_of(const Types& types, const Types::Relation& r) {
  return fmt::format("{}/{}/{}", escaped(types.nodes[r.source]), escaped(r.name), escaped(types.nodes[r.target]));
}

// Rows [begin, end) of the features, in the columns of their type.
Sparse part_of(const Sparse& x, NodeId begin, NodeId end, Offset first_column, Offset columns) {
  const CsrView& all = x.view();
  const Offset from = all.offsets[begin], to = all.offsets[end];
  std::vector<Offset> offsets;
  for (NodeId v = begin; v <= end; ++v) offsets.push_back(all.offsets[v] - from);
  std::vector<NodeId> indices(all.columns.begin() + from, all.columns.begin() + to);
  for (NodeId& c : indices) c -= NodeId(first_column);
  std::vector<Real> values;
  if (x.weighted()) values.assign(all.values.begin() + from, all.values.begin() + to);
  return {end - begin, columns, std::move(offsets), std::move(indices), std::move(values)};
}

std::string as_lines(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += item + '\n';
  return text;
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> result;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    result.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return result;
}

void read_node_types(const Hdf5Reader& file, Types& types) {
  std::int64_t total = 0;
  types.node_ptr = {0};
  for (const std::string& component : lines(file.text("/nodes", "order"))) {
    const std::string path = "/nodes/" + component;
    const auto count = file.numbers(path, "count");
    if (count.size() != 1 || count[0] < 0 || count[0] > most_nodes - total)
      file.fail(path, "expected an attribute count, the number of nodes");
    total += count[0];
    types.nodes.push_back(unescaped(component));
    types.node_ptr.push_back(NodeId(total));
  }
  if (types.nodes.empty() || std::set(types.nodes.begin(), types.nodes.end()).size() != types.nodes.size())
    file.fail("/nodes", "expected an attribute order, a line per node type, each once");
}

std::int32_t type_named(const Hdf5Reader& file, const Types& types, const std::string& component) {
  const auto found = std::ranges::find(types.nodes, unescaped(component));
  if (found == types.nodes.end()) file.fail("/edges", fmt::format("'{}' is no node type of this file", component));
  return std::int32_t(found - types.nodes.begin());
}

void read_relation(const Hdf5Reader& file, const std::string& path, Dataset& data, std::vector<TypedEdge>& edges,
                   bool& weighted) {
  const std::size_t first = path.find('/'), last = path.rfind('/');
  if (first == std::string::npos || first == last)
    file.fail("/edges", "expected an attribute order, a line source/relation/target per relation");
  Types& types = data.types;
  const auto both_ways = file.numbers("/edges/" + path, "both-ways");
  types.relations.push_back(
      {unescaped(path.substr(first + 1, last - first - 1)), type_named(file, types, path.substr(0, first)),
       type_named(file, types, path.substr(last + 1)), both_ways == std::vector<std::int64_t>{1}});
  const Types::Relation& r = types.relations.back();
  const Sparse a = file.sparse("/edges/" + path);
  const NodeId source = types.node_ptr[r.source], target = types.node_ptr[r.target];
  if (a.rows() != types.node_ptr[r.source + 1] - source || a.cols() != types.node_ptr[r.target + 1] - target)
    file.fail("/edges/" + path, fmt::format("found {} x {}, expected a row and a column per node", a.rows(), a.cols()));
  weighted = weighted || a.weighted();
  for (NodeId u = 0; u < a.rows(); ++u)
    for (std::size_t e = 0; e < a.columns(u).size(); ++e)
      edges.push_back({source + u, target + a.columns(u)[e], std::int32_t(types.relations.size()) - 1,
                       a.weighted() ? a.values(u)[e] : 1});
}

// Features of all types in one matrix, each type in columns of its own.
void read_features(const Hdf5Reader& file, Dataset& data) {
  std::vector<Offset> offsets{0}, column_ptr{0};
  std::vector<NodeId> columns;
  std::vector<Real> values;
  bool any = false, weighted = false;
  for (std::size_t t = 0; t < data.types.nodes.size(); ++t) {
    const NodeId count = data.types.node_ptr[t + 1] - data.types.node_ptr[t];
    const std::string path = "/nodes/" + escaped(data.types.nodes[t]) + "/x";
    Offset width = 0;
    if (file.has(path)) {
      any = true;
      const Sparse x = file.text(path, "encoding-type") == "csr_matrix" ? file.sparse(path)
                                                                        : Features(file.matrix(path)).as_sparse();
      if (x.rows() != count) file.fail(path, fmt::format("found {} rows, expected {}", x.rows(), count));
      width = x.cols();
      if (column_ptr.back() + width > most_nodes) file.fail(path, "more columns than 32-bit ids can name");
      if (x.weighted() && !weighted) weighted = true, values.assign(columns.size(), 1);
      for (NodeId c : x.view().columns) columns.push_back(NodeId(column_ptr.back()) + c);
      if (x.weighted()) values.insert(values.end(), x.view().values.begin(), x.view().values.end());
      if (weighted) values.resize(columns.size(), 1);
      const Offset before = offsets.back();
      for (NodeId v = 1; v <= count; ++v) offsets.push_back(before + x.view().offsets[v]);
    } else {
      offsets.resize(offsets.size() + count, offsets.back());
    }
    column_ptr.push_back(column_ptr.back() + width);
  }
  if (!any) {
    data.all.x = Features::identity(data.types.node_ptr.back());
    return;
  }
  data.all.x =
      Sparse(data.types.node_ptr.back(), column_ptr.back(), std::move(offsets), std::move(columns), std::move(values));
  data.types.column_ptr = std::move(column_ptr);
}

// The strings of every type one after the other; none where no type has them.
template <class Read>
std::vector<std::string> read_strings(const Hdf5Reader& file, const Types& types, const char* what, Read read) {
  std::vector<std::string> all;
  bool any = false;
  for (std::size_t t = 0; t < types.nodes.size(); ++t) {
    const std::string path = fmt::format("/nodes/{}/{}", escaped(types.nodes[t]), what);
    const std::size_t count = types.node_ptr[t + 1] - types.node_ptr[t];
    std::vector<std::string> part(count);
    if (file.has(path)) any = true, part = read(file, path);
    if (part.size() != count) file.fail(path, fmt::format("found {} rows, expected {}", part.size(), count));
    all.insert(all.end(), std::make_move_iterator(part.begin()), std::make_move_iterator(part.end()));
  }
  if (!any) all.clear();
  return all;
}

}  // namespace

std::string escaped(const std::string& name) {
  std::string result;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto c = static_cast<unsigned char>(name[i]);
    const bool plain = c >= 0x20 && c != '%' && c != '/' && !(c == '.' && i == 0);
    result += plain ? std::string(1, name[i]) : fmt::format("%{:02X}", c);
  }
  return result.empty() ? "%" : result;  // a component cannot be empty
}

std::string unescaped(const std::string& component) {
  std::string result;
  for (std::size_t i = 0; i < component.size(); ++i) {
    unsigned code = 0;
    const char* digits = component.data() + i + 1;
    const bool coded = component[i] == '%' && i + 2 < component.size() &&
                       std::from_chars(digits, digits + 2, code, 16).ptr == digits + 2;
    if (coded)
      result += char(code), i += 2;
    else if (component != "%")
      result += component[i];
  }
  return result;
}

void write_typed(Hdf5Writer& file, const Dataset& data) {
  const Types& types = data.types;
  auto part = [&](const std::vector<std::string>& all, std::size_t t) {
    return std::span(all).subspan(types.node_ptr[t], types.node_ptr[t + 1] - types.node_ptr[t]);
  };
  std::vector<std::string> order;
  for (const std::string& name : types.nodes) order.push_back(escaped(name));
  file.group("/nodes");
  file.attribute("/nodes", "order", as_lines(order));
  for (std::size_t t = 0; t < types.nodes.size(); ++t) {
    const std::string at = "/nodes/" + order[t];
    const NodeId begin = types.node_ptr[t], end = types.node_ptr[t + 1];
    file.group(at);
    file.attribute(at, "count", std::vector<std::int64_t>{end - begin});
    if (const auto& c = types.column_ptr; !c.empty() && c[t] < c[t + 1])
      file.sparse(at + "/x", part_of(data.all.x.sparse(), begin, end, c[t], c[t + 1] - c[t]));
    if (!data.names.empty()) write_names(file, at + "/names", part(data.names, t));
    if (!data.texts.empty()) file.strings(at + "/texts", part(data.texts, t));
  }
  order.clear();
  for (const Types::Relation& r : types.relations) order.push_back(path_of(types, r));
  file.group("/edges");
  file.attribute("/edges", "order", as_lines(order));
  for (std::size_t r = 0; r < types.relations.size(); ++r) {
    const std::string at = "/edges/" + order[r];
    file.sparse(at, relation(data.all.graph, types, std::int32_t(r)));
    file.attribute(at, "both-ways", std::vector<std::int64_t>{types.relations[r].both_ways});
  }
}

bool is_typed(const Hdf5Reader& file) { return file.has("/nodes") && !file.text("/nodes", "order").empty(); }

void read_typed(const Hdf5Reader& file, Dataset& data) {
  read_node_types(file, data.types);
  std::vector<TypedEdge> edges;
  bool weighted = false;
  std::set<std::string> seen;
  if (file.has("/edges"))
    for (const std::string& path : lines(file.text("/edges", "order"))) {
      if (!seen.insert(path).second) file.fail("/edges/" + path, "stands there twice");
      read_relation(file, path, data, edges, weighted);
    }
  data.all.graph = build_relations(data.types, std::move(edges), weighted);
  read_features(file, data);
  data.names = read_strings(file, data.types, "names", read_names);
  data.texts = read_strings(file, data.types, "texts",
                            [](const Hdf5Reader& from, const std::string& path) { return from.strings(path); });
}

}  // namespace pfm::io
