#include <pfm/nn/ops.h>
#include <pfm/nn/shape.h>
#include <pfm/selfsup/pair_rows.h>

namespace pfm {

PairRows pair_rows(const Var& rows, std::span<const Edge> pairs) {
  std::vector<NodeId> sources, targets;
  for (const auto& [u, v] : pairs) sources.push_back(u), targets.push_back(v);
  return {gather_rows(rows, sources), gather_rows(rows, targets)};
}

Var differences(const Var& rows, std::span<const Edge> pairs) {
  const auto [source, target] = pair_rows(rows, pairs);
  return abs(subtract(source, target));
}

}  // namespace pfm
