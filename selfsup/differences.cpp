#include <pfm/nn/ops.h>
#include <pfm/nn/shape.h>
#include <pfm/selfsup/differences.h>

namespace pfm {

Var differences(const Var& rows, std::span<const Edge> pairs) {
  std::vector<NodeId> left, right;
  for (const auto& [u, v] : pairs) left.push_back(u), right.push_back(v);
  return abs(subtract(gather_rows(rows, left), gather_rows(rows, right)));
}

}  // namespace pfm
