#include <pfm/nn/ops.h>
#include <pfm/nn/pair_ops.h>
#include <pfm/nn/shape.h>
#include <pfm/selfsup/pair_rows.h>

namespace pfm {

namespace {

struct EndsOfPairs {
  explicit EndsOfPairs(std::span<const Edge> pairs) {
    for (const auto& [u, v] : pairs) sources.push_back(u), targets.push_back(v);
  }
  std::vector<NodeId> sources, targets;
};

}  // namespace

PairRows pair_rows(const Var& rows, std::span<const Edge> pairs) {
  const EndsOfPairs ends(pairs);
  return {gather_rows(rows, ends.sources), gather_rows(rows, ends.targets)};
}

Var products(const Var& rows, std::span<const Edge> pairs) {
  const EndsOfPairs ends(pairs);
  return pair_products(rows, ends.sources, ends.targets);
}

Var differences(const Var& rows, std::span<const Edge> pairs) {
  const auto [source, target] = pair_rows(rows, pairs);
  return abs(subtract(source, target));
}

}  // namespace pfm
