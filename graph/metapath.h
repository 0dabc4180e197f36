// Meta-paths: which nodes a path of relations joins.
#pragma once
#include <pfm/graph/relations.h>

#include <string>

namespace pfm {

struct PathStep {
  std::int32_t relation;   // of the types' relations
  bool backwards = false;  // from the relation's targets to its sources
};

// [nodes of the path's first type, nodes of its last type] without values: (i, j) where some path leads from i to j,
// i itself included (Sun et al. 2011). Steps must fit: each starts at the type where the one before ended. The time is
// that of the products from left to right, the pattern alone being kept between them; the result may be much denser
// than the relations.
Sparse metapath(const Graph& graph, const Types& types, std::span<const PathStep> path);

// How a walk goes through kinds of nodes, again and again.
struct PathWalk {
  std::int32_t start;                    // the kind of nodes it starts from
  std::vector<std::int32_t> edge_types;  // taken in turn: WalkRules::metapath
};
// From kinds of nodes that end with the first, "paper,author,paper". Error(input): one kind of nodes; Error(usage): a
// kind that is not there, no relation or several between two kinds.
PathWalk path_walk(const Types& types, const std::string& path);

}  // namespace pfm
