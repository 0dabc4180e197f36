#include <pfm/sampling/labor.h>

#include <algorithm>

namespace pfm {

static void choose_row(const Sparse& rows, NodeId s, Offset count, const Rng& rng, ChosenEdges& chosen) {
  constexpr std::size_t piece = 64;
  Rng::Block blocks[piece];
  Words words[piece];
  const auto sources = rows.columns(s);
  const auto degree = std::uint64_t(sources.size());
  const Offset begin = rows.view().offsets[std::size_t(s)];
  const std::uint64_t chance = (std::uint64_t(count) << 32) / degree;  // of 2^32
  std::size_t end = chosen.entries.size();
  for (std::size_t first = 0; first < degree; first += piece) {
    const std::size_t n = std::min(piece, sources.size() - first);
    for (std::size_t i = 0; i < n; ++i) blocks[i] = {rng.key(), std::uint64_t(sources[first + i]), 0};
    Rng::blocks({blocks, n}, {words, n});
    chosen.entries.resize(end + n);
    for (std::size_t i = 0; i < n; ++i) {
      chosen.entries[end] = begin + Offset(first + i);  // stays there if it is chosen
      end += words[i][0] < chance;
    }
  }
  chosen.entries.resize(end);
}

void choose_labor(const Sparse& rows, std::span<const NodeId> nodes, Offset count, const Rng& rng,
                  ChosenEdges& chosen) {
  for (const NodeId s : nodes) {
    const Offset begin = rows.view().offsets[std::size_t(s)], degree = Offset(rows.columns(s).size());
    if (degree > count)
      choose_row(rows, s, count, rng, chosen);
    else
      for (Offset e = begin; e < begin + degree; ++e) chosen.entries.push_back(e);
    chosen.ends.push_back(Offset(chosen.entries.size()));
  }
}

}  // namespace pfm
