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
Corruption mask_nodes(double rate);    // floor(rate n) rows set to 0 and named in hidden_nodes (GraphMAE)
Corruption drop_nodes(double rate);    // rows and their edges removed (GraphCL)

}  // namespace pfm
