#include <pfm/graph/dataset.h>

#include <algorithm>

namespace pfm {

std::int32_t Targets::class_count() const {
  return classes.empty() ? 0 : std::max(0, 1 + *std::max_element(classes.begin(), classes.end()));
}

Offset Dataset::items() const {
  if (!targets.pairs.empty()) return Offset(targets.pairs.size());
  if (task == Task::graph) return graphs();
  return types.empty() ? nodes() : types.node_ptr[1];
}

}  // namespace pfm
