// How a view of a batch arises. Corruptions are values, joined by |.
#pragma once
#include <pfm/graph/batch.h>
#include <pfm/kernels/random.h>

#include <functional>

namespace pfm {

using Corruption = std::function<Batch(const Batch& batch, Rng rng)>;

Corruption operator|(Corruption first, Corruption then);

Corruption shuffle_rows();           // features permuted over the rows, edges kept (DGI)
Corruption drop_edges(double rate);  // each stored entry on its own: an undirected graph's view may be directed (GRACE)
Corruption drop_columns(double rate);  // whole feature columns set to 0 (GRACE)
// The same with a chance for each stored entry [E] and for each column [F] (GCA).
Corruption drop_edges(std::vector<double> chances);
Corruption drop_columns(std::vector<double> chances);
Features without_rows(const Features& x, std::span<const NodeId> rows);  // these set to 0; sparse rows stay sparse
// m = floor(rate n) rows are hidden (GraphMAE): floor((1 - replace - leave) m) set to 0, floor(replace m) hold rows of
// other nodes, the others stay (HGMAE leaves some so). hidden_nodes names them in this order, each kind ascending.
Corruption mask_nodes(double rate, double replace = 0, double leave = 0);
// Edges are named in hidden_edges, by entry, and taken out; the graph of the others is made undirected (MaskGAE). Each
// stored entry on its own: one whose reverse stays is still seen.
Corruption hide_edges(double rate);
Corruption hide_pairs(double rate);  // both directions of an edge together
// The entries that uniform walks of `steps` take. A walk from the source of every entry at this rate, or from
// floor(rate n + 1/2) nodes.
enum class PathStart { entry, node };
Corruption hide_paths(double rate, Offset steps, PathStart start);
Corruption drop_nodes(double rate);  // of every sample floor(rate n) rows and their edges removed (GraphCL)

}  // namespace pfm
