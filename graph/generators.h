// Random and regular graphs. A generator gives its edges in blocks: block b is a function of the rules, the seed and b
// alone, so any thread may draw it, in any order, and nobody has to hold all edges at once.
#pragma once
#include <pfm/graph/graph.h>
#include <pfm/kernels/random.h>

#include <functional>
#include <vector>

namespace pfm {

struct EdgeBlocks {
  NodeId nodes = 0;
  Offset blocks = 0;
  // Appends the edges of a block in [0, blocks); any thread may call it. About 65,536 edges at most.
  std::function<void(Offset block, std::vector<Edge>& edges)> draw;
};

// Undirected: simple, that is without self-loops and every pair once. Directed keeps the draw: every edge in its
// direction, self-loops too; repeated edges count once. The same bits at any number of threads.
Graph graph_of(const EdgeBlocks& drawn, bool directed = false);

// Rules that are out of the stated ranges are broken expectations, here and below.

// R-MAT (Chakrabarti, Zhan, Faloutsos 2004) with the probabilities of Graph500: 2^scale nodes; every edge falls `scale`
// times into a quadrant of the adjacency, a = top left, b = top right, c = bottom left, the rest bottom right. Numbers
// of nodes are not shuffled: low ones have high degrees. Edges may repeat and may be self-loops.
struct RmatRules {
  int scale = 0;     // 0 .. 30
  Offset edges = 0;  // drawn
  double a = 0.57, b = 0.19, c = 0.19;
};
EdgeBlocks rmat(const RmatRules& rules, Rng rng);

// Stochastic block model (Holland, Laskey, Leinhardt 1983): communities of consecutive nodes, every pair is an edge
// with probability `within` or `between`, independently. Undirected pairs are u < v, directed ones u != v.
struct BlockModelRules {
  std::vector<NodeId> sizes = {};  // of the communities
  double within = 0, between = 0;
  bool directed = false;
};
EdgeBlocks block_model(const BlockModelRules& rules, Rng rng);

// G(n, p) (Gilbert 1959): every pair with probability p, independently.
EdgeBlocks gilbert(NodeId nodes, double p, bool directed, Rng rng);
// G(n, m) (Erdos, Renyi 1959): m different pairs, m at most the number of pairs.
EdgeBlocks erdos_renyi(NodeId nodes, Offset edges, bool directed, Rng rng);

// Preferential attachment (Barabasi, Albert 1999): nodes come one after the other, each with `degree` edges to ends of
// earlier edges, and thus to nodes in proportion to their degrees. Edges may repeat and may be self-loops (the first
// edge is one).
EdgeBlocks barabasi_albert(NodeId nodes, NodeId degree, Rng rng);

// Small worlds (Watts, Strogatz 1998): a ring where every node has its `degree` nearest neighbours (even, below
// `nodes`); each edge moves its far end with probability `rewire` to another node, all the same likely. An edge may
// come to lie on another one.
EdgeBlocks watts_strogatz(NodeId nodes, NodeId degree, double rewire, Rng rng);

// Node row * width + column has edges to the right and down; a torus closes rows and columns.
EdgeBlocks grid(NodeId height, NodeId width, bool torus = false);
EdgeBlocks ring(NodeId nodes);  // from each node to the next

// Edges point from parents to children. Balanced: every node above the last level has `branching` children, nodes are
// numbered level by level.
NodeId tree_nodes(NodeId branching, NodeId depth);  // -1: more than 32-bit ids can name
EdgeBlocks tree(NodeId branching, NodeId depth);
// Random recursive tree (Na, Rapoport 1970): the parent of a node is any earlier one, all the same likely.
EdgeBlocks random_tree(NodeId nodes, Rng rng);

}  // namespace pfm
