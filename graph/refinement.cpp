#include <pfm/graph/refinement.h>

#include <algorithm>
#include <bit>

namespace pfm {

Numbering::Numbering(Offset things) : slots_(std::bit_ceil(std::size_t(2 * things + 1)), -1) {}

static void sort_few(NodeId* first, NodeId* last) {
  if (last - first > 16) return std::sort(first, last);
  for (NodeId* next = first; next < last; ++next) {
    const NodeId value = *next;
    NodeId* place = next;
    for (; place > first && place[-1] > value; --place) *place = place[-1];
    *place = value;
  }
}

Refined refined(const CsrView& incoming, std::span<const NodeId> before) {
  expect(incoming.rows == incoming.cols && incoming.rows == Offset(before.size()), "refined: a kind for each node");
  Refined kinds;
  kinds.of.resize(before.size());
  kinds.sources.reserve(incoming.columns.size());
  Numbering numbers(incoming.rows);
  std::vector<NodeId> around;
  for (Offset v = 0; v < incoming.rows; ++v) {
    const Offset begin = incoming.offsets[v], degree = incoming.offsets[v + 1] - begin;
    if (Offset(around.size()) < degree) around.resize(degree);
    for (Offset e = 0; e < degree; ++e) around[e] = before[incoming.columns[begin + e]];
    sort_few(around.data(), around.data() + degree);
    std::uint64_t hash = mixed(std::uint64_t(degree), std::uint64_t(before[v]));
    for (Offset e = 0; e < degree; ++e) hash = mixed(hash, std::uint64_t(around[e]));
    const NodeId kind = numbers.number(hash, [&](NodeId k) {
      return kinds.own[k] == before[v] && kinds.offsets[k + 1] - kinds.offsets[k] == degree &&
             std::equal(around.begin(), around.begin() + degree, kinds.sources.begin() + kinds.offsets[k]);
    });
    if (kind == NodeId(kinds.own.size())) {
      kinds.own.push_back(before[v]);
      kinds.sources.insert(kinds.sources.end(), around.begin(), around.begin() + degree);
      kinds.offsets.push_back(Offset(kinds.sources.size()));
      kinds.count.push_back(0);
    }
    kinds.of[v] = kind;
    kinds.count[kind] += 1;
  }
  return kinds;
}

}  // namespace pfm
