// Graphs with several kinds of nodes and edges.
#pragma once
#include <pfm/graph/dataset.h>

namespace pfm {

struct TypedEdge {
  NodeId source, target;
  std::int32_t type;  // of types.relations
  Real weight = 1;
};

// The graph of all nodes of `types`. Rows ascend by (target, type); of equal edges the first counts; a relation that
// holds both ways is also stored from its target. The result has an edge type per entry, and weights if `weighted`. An
// edge whose ends are not of its relation's node types is a broken expectation.
Graph build_relations(const Types& types, std::vector<TypedEdge> edges, bool weighted = false);

// The edges of one relation as it was given: [nodes of its source type, nodes of its target type].
Sparse relation(const Graph& graph, const Types& types, std::int32_t type);

// The features of the nodes of one type: [its nodes, its columns]. A type without columns, and features that are none,
// have identity rows.
Features type_features(const Features& x, const Types& types, std::int32_t type);

}  // namespace pfm
