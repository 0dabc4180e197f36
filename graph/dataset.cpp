#include <pfm/graph/dataset.h>

#include <algorithm>

namespace pfm {

std::int32_t Targets::class_count() const {
  return classes.empty() ? 0 : std::max(0, 1 + *std::max_element(classes.begin(), classes.end()));
}

Sparse one_label_each(std::span<const std::int32_t> classes, std::int32_t count) {
  std::vector<Offset> offsets{0};
  std::vector<NodeId> labels;
  for (const std::int32_t c : classes) {
    if (c >= 0) labels.push_back(NodeId(c));
    offsets.push_back(Offset(labels.size()));
  }
  return {Offset(classes.size()), count, std::move(offsets), std::move(labels)};
}

Offset Dataset::items() const {
  if (!targets.pairs.empty()) return Offset(targets.pairs.size());
  if (task == Task::graph) return graphs();
  return types.empty() ? nodes() : types.node_ptr[1];
}

}  // namespace pfm
