#include <pfm/sampling/labor.h>

namespace pfm {

static void choose_row(const Sparse& rows, NodeId s, Offset count, const Rng& rng, EdgeChoiceWork& work,
                       ChosenEdges& chosen) {
  const auto sources = rows.columns(s);
  const Offset begin = rows.view().offsets[std::size_t(s)], degree = Offset(sources.size());
  const bool all = degree <= count;
  if (!all) {
    work.blocks.resize(sources.size()), work.words.resize(sources.size());
    for (std::size_t i = 0; i < sources.size(); ++i) work.blocks[i] = {rng.key(), std::uint64_t(sources[i]), 0};
    Rng::blocks(work.blocks, work.words);
  }
  const std::uint64_t chance = all ? 0 : (std::uint64_t(count) << 32) / std::uint64_t(degree);
  for (Offset i = 0; i < degree; ++i)
    if (all || work.words[std::size_t(i)][0] < chance) chosen.entries.push_back(begin + i);
  chosen.ends.push_back(Offset(chosen.entries.size()));
}

void choose_labor(const Sparse& rows, std::span<const NodeId> nodes, Offset count, const Rng& rng, EdgeChoiceWork& work,
                  ChosenEdges& chosen) {
  for (const NodeId s : nodes) choose_row(rows, s, count, rng, work, chosen);
}

}  // namespace pfm
