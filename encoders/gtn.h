// Graph transformer network (Yun et al. 2019, arXiv:1911.06455). A layer chooses softly among E types of edges,
// Q = sum_e alpha_e A_e with alpha = softmax(w), and multiplies what the layers before chose by it: the product of L +
// 1 choices weighs all paths of up to L + 1 edges, loops of all nodes being one of the types. No product of matrices is
// stored: rows are moved along one choice after the other.
#pragma once
#include <pfm/graph/dataset.h>
#include <pfm/nn/params.h>

namespace pfm {

// The edges of all types as one structure.
struct TypedEdges {
  Sparse along;              // [N, N]: row = target, column = source; an entry per edge, of a pair perhaps several
  std::vector<NodeId> type;  // [M] of each entry
  std::vector<std::string> names;
};
// Each relation is a type, and its way back another where it holds both ways between two kinds of nodes ("pa", "pa
// back"); last a loop at every node ("self"). Edge weights do not count.
TypedEdges typed_edges(const Graph& graph, const Types& types);

struct SoftPaths {
  // "choice" [layers + 1, types] of every channel, normal of deviation .01.
  SoftPaths(const Params& p, Offset channels, Offset layers, Offset types);
  // Rows of x averaged as the product of channel `channel`'s choices, its rows divided by their sums, says.
  // [N, k] -> [N, k]
  Var operator()(const TypedEdges& edges, Offset channel, const Var& x) const;
  Var chosen(Offset channel) const;  // alpha: [layers + 1, types], rows of sum 1
  std::vector<Var> choice;
};

}  // namespace pfm
