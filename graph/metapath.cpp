#include <pfm/graph/metapath.h>

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

}  // namespace pfm
