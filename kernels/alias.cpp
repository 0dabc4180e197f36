#include <pfm/kernels/alias.h>

#include <algorithm>

namespace pfm {

static std::uint32_t threshold(double share) { return std::uint32_t(std::min(share * 0x1p32, 0x1.fffffffep31)); }

void AliasBuilder::build(std::span<const NodeId> names, std::span<const Real> weights, AliasPlace* places) {
  const std::size_t n = names.size();
  double sum = 0;
  for (const Real w : weights) sum += w;
  if (sum == 0) return void(std::fill_n(places, n, AliasPlace{0, -1, -1}));
  share_.resize(n), less_.clear(), more_.clear();
  for (std::size_t i = 0; i < n; ++i) {
    share_[i] = weights[i] / sum * double(n);
    (share_[i] < 1 ? less_ : more_).push_back(i);
  }
  while (!less_.empty() && !more_.empty()) {
    const std::size_t small = less_.back(), large = more_.back();
    less_.pop_back();
    places[small] = {threshold(share_[small]), names[small], names[large]};
    share_[large] -= 1 - share_[small];
    if (share_[large] < 1) less_.push_back(large), more_.pop_back();
  }
  // What is left is full but for rounding, which must not make a name of weight 0 possible.
  const NodeId heaviest = names[std::size_t(std::ranges::max_element(weights) - weights.begin())];
  for (const auto* rest : {&less_, &more_})
    for (const std::size_t i : *rest) {
      const NodeId name = weights[i] > 0 ? names[i] : heaviest;
      places[i] = {0, name, name};
    }
}

}  // namespace pfm
