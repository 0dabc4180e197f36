#include <pfm/kernels/parallel.h>
#include <pfm/sampling/edge_filter.h>

namespace pfm {

EdgeFilter::EdgeFilter(const Sparse& edges) : offsets_(edges.view().offsets.data()) {
  words_.grow_to(std::size_t(edges.nonzeros()) / entries_a_word + std::size_t(edges.rows()) + 1);
  parallel_for(edges.rows(), row_block, [&](Offset first, Offset last) {
    for (Offset u = first; u < last; ++u)
      for (const NodeId v : edges.columns(u)) {
        const Place at = place(NodeId(u), v);
        words_.data()[at.word - words_.data()] |= at.bits;
      }
  });
}

}  // namespace pfm
