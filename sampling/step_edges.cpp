#include <pfm/kernels/parallel.h>
#include <pfm/sampling/step_edges.h>

#include <algorithm>

namespace pfm {

StepEdges::StepEdges(Sparse edges, bool weighted)
    : edges_(std::move(edges)),
      nodes_(std::uint64_t(edges_.rows())),
      offsets_(edges_.view().offsets.data()),
      columns_(edges_.view().columns.data()) {
  if (!weighted || !edges_.weighted()) return;
  auto table = std::make_shared<Growing<AliasPlace>>();
  table->grow_to(std::size_t(edges_.nonzeros()));
  parallel_for(edges_.rows(), row_block, [&](Offset first, Offset last) {
    AliasBuilder builder;
    for (Offset u = first; u < last; ++u)
      builder.build(edges_.columns(u), edges_.values(u), table->data() + offsets_[u]);
  });
  places_ = table->data();
  table_ = std::move(table);
}

// Steps of doubling length towards v, then halves.
bool StepEdges::has(NodeId u, NodeId v, Offset near) const {
  Offset low = begin(u), high = begin(u) + degree(u);  // the first entry that is not below v is in [low, high]
  if (low == high) return false;
  if (columns_[near] < v) {
    low = near + 1;
    for (Offset far = 8; low + far < high; far *= 2) {
      if (columns_[low + far] >= v) {
        high = low + far;
        break;
      }
      low += far + 1;
    }
  } else {
    high = near;
    for (Offset far = 8; high - far > low; far *= 2) {
      if (columns_[high - far] < v) {
        low = high - far + 1;
        break;
      }
      high -= far;
    }
  }
  const NodeId* found = std::lower_bound(columns_ + low, columns_ + high, v);
  return found != columns_ + begin(u) + degree(u) && *found == v;
}

}  // namespace pfm
