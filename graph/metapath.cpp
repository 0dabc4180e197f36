#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pfm/graph/metapath.h>

#include <algorithm>

namespace pfm {

Sparse metapath(const Graph& graph, const Types& types, std::span<const PathStep> path) {
  expect(!path.empty(), "metapath: at least one step");
  std::int32_t at = -1;
  Sparse joined;
  for (const PathStep& step : path) {
    expect(0 <= step.relation && std::size_t(step.relation) < types.relations.size(), "metapath: a known relation");
    const Types::Relation& r = types.relations[step.relation];
    expect(at < 0 || at == (step.backwards ? r.target : r.source), "metapath: steps that fit");
    const Sparse edges = relation(graph, types, step.relation).without_values();
    const Sparse& taken = step.backwards ? edges.transpose() : edges;
    joined = at < 0 ? taken : multiply(joined, taken).without_values();
    at = step.backwards ? r.source : r.target;
  }
  return joined;
}

namespace {

std::int32_t node_type(const Types& types, const std::string& name) {
  const auto found = std::ranges::find(types.nodes, name);
  if (found == types.nodes.end())
    throw Error(Fault::usage,
                fmt::format("meta-path: unknown kind of nodes \"{}\"; known: {}", name, fmt::join(types.nodes, ", ")));
  return std::int32_t(found - types.nodes.begin());
}

// The one relation that leads from a kind of nodes to another.
std::int32_t relation_between(const Types& types, std::int32_t from, std::int32_t to) {
  std::vector<std::string> fitting;
  std::int32_t found = 0;
  for (std::int32_t r = 0; r < std::int32_t(types.relations.size()); ++r) {
    const Types::Relation& is = types.relations[r];
    if ((is.source == from && is.target == to) || (is.both_ways && is.source == to && is.target == from))
      fitting.push_back(is.name), found = r;
  }
  if (fitting.size() == 1) return found;
  throw Error(Fault::usage, fmt::format("meta-path: expected one relation from {} to {}, there {}", types.nodes[from],
                                        types.nodes[to],
                                        fitting.empty() ? "is none" : fmt::format("are {}", fmt::join(fitting, ", "))));
}

}  // namespace

PathWalk path_walk(const Types& types, const std::string& path) {
  if (types.empty()) throw Error(Fault::input, "meta-path: the graph has one kind of nodes");
  std::vector<std::int32_t> kinds;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find(',', begin), path.size());
    kinds.push_back(node_type(types, path.substr(begin, end - begin)));
    begin = end + 1;
  }
  if (kinds.size() < 2 || kinds.front() != kinds.back())
    throw Error(Fault::usage,
                fmt::format("meta-path: expected kinds of nodes that end with the first, got \"{}\"", path));
  PathWalk walk{kinds.front(), {}};
  for (std::size_t i = 0; i + 1 < kinds.size(); ++i)
    walk.edge_types.push_back(relation_between(types, kinds[i], kinds[i + 1]));
  return walk;
}

}  // namespace pfm
