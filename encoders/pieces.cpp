#include <pfm/encoders/pieces.h>

#include <algorithm>
#include <numeric>

namespace pfm {

Encoder in_pieces(const Encoder& encoder, Offset samples) {
  const auto forward = [=](const Batch& where, const Input& x, std::optional<Rng> rng) {
    const Offset count = where.segments.empty() ? 1 : Offset(where.segments.size()) - 1;
    if (rng || !NoGradient::active() || x.var || count <= samples) return encoder.forward(where, x, rng);
    Matrix rows(count, encoder.width);
    for (Offset first = 0; first < count; first += samples) {
      std::vector<NodeId> chosen(static_cast<std::size_t>(std::min(samples, count - first)));
      std::iota(chosen.begin(), chosen.end(), NodeId(first));
      const Batch piece = chosen_samples(where, chosen);
      const Var out = encoder(piece);
      std::ranges::copy(out.value().values(), rows.data() + first * encoder.width);
    }
    return Var(std::move(rows));
  };
  return {forward, encoder.width};
}

}  // namespace pfm
