#include <pfm/graph/induced_edges.h>

#include <algorithm>

namespace pfm {
namespace {

struct Entry {
  NodeId target;
  Offset entry;
  friend auto operator<=>(const Entry&, const Entry&) = default;
};

using Row = std::vector<Entry>;

void scan(const Sparse& a, NodeId v, const Relabelling& numbers, Row& row) {
  Offset entry = a.view().offsets[std::size_t(v)];
  for (const NodeId target : a.columns(v)) {
    if (const NodeId place = numbers.find(target); place >= 0) row.push_back({place, entry});
    ++entry;
  }
}

// `members` ascend, and the row's columns do.
void search(const Sparse& a, NodeId v, const std::vector<NodeId>& members, const Relabelling& numbers, Row& row) {
  const auto targets = a.columns(v);
  const Offset begin = a.view().offsets[std::size_t(v)];
  auto at = targets.begin();
  for (const NodeId u : members)
    for (at = std::lower_bound(at, targets.end(), u); at != targets.end() && *at == u; ++at)
      row.push_back({numbers.find(u), begin + Offset(at - targets.begin())});
}

}  // namespace

void append_induced(const Sparse& a, std::span<const NodeId> nodes, const Relabelling& numbers, NodeId first,
                    InducedEdges& edges) {
  constexpr std::size_t far_fewer = 16;  // a search looks at about so many places of a long row
  std::vector<NodeId> members;           // sorted where a row is long
  Row row;
  for (const NodeId v : nodes) {
    row.clear();
    if (a.columns(v).size() <= far_fewer * nodes.size()) {
      scan(a, v, numbers, row);
    } else {
      if (members.empty()) {
        members.assign(nodes.begin(), nodes.end());
        std::ranges::sort(members);
      }
      search(a, v, members, numbers, row);
    }
    if (!std::ranges::is_sorted(row)) std::ranges::sort(row);
    for (const Entry& e : row) {
      edges.columns.push_back(first + e.target);
      edges.entries.push_back(e.entry);
    }
    edges.offsets.push_back(Offset(edges.columns.size()));
  }
}

Graph graph_of(const Graph& from, InducedEdges edges) {
  const auto rows = Offset(edges.offsets.size()) - 1;
  const auto weights = from.adjacency().view().values;
  const auto all_types = from.edge_types();
  const Matrix& all = from.edge_attributes();
  std::vector<Real> values(weights.empty() ? 0 : edges.entries.size());
  std::vector<std::int32_t> types(all_types.empty() ? 0 : edges.entries.size());
  Matrix attributes(all.empty() ? 0 : Offset(edges.entries.size()), all.cols());
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = weights[std::size_t(edges.entries[i])];
  for (std::size_t i = 0; i < types.size(); ++i) types[i] = all_types[std::size_t(edges.entries[i])];
  for (Offset i = 0; i < attributes.rows(); ++i)
    std::ranges::copy(all.row(edges.entries[std::size_t(i)]), attributes.row(i).begin());
  return Graph(Sparse(rows, rows, std::move(edges.offsets), std::move(edges.columns), std::move(values)),
               std::move(attributes), std::move(types));
}

}  // namespace pfm
