#include <pfm/nlp/masked_batch.h>

namespace pfm::nlp {

Corruption mask_texts(std::function<Masked(std::span<const TokenId> ids, Rng rng)> mask, MaskOf of) {
  return [mask = std::move(mask), of](const Batch& batch, Rng rng) {
    expect(Offset(batch.ids.size()) == Offset(batch.rows()), "mask_texts: rows are tokens");
    Batch result = batch;
    result.hidden_nodes.clear();
    std::vector<Offset> segments = batch.segments;
    if (segments.empty()) segments = {0, Offset(batch.rows())};
    for (std::size_t s = 0; s + 1 < segments.size(); ++s) {
      const TokenIds text(batch.ids.begin() + segments[s], batch.ids.begin() + segments[s + 1]);
      const Masked masked = mask(text, rng.split(of == MaskOf::place ? s : std::uint64_t(batch.samples[s])));
      for (std::size_t i = 0; i < text.size(); ++i) result.ids[segments[s] + Offset(i)] = NodeId(masked.ids[i]);
      for (const std::int32_t at : chosen_places(masked)) result.hidden_nodes.push_back(NodeId(segments[s] + at));
    }
    return result;
  };
}

}  // namespace pfm::nlp
