#include <pfm/encoders/meta_path.h>
#include <pfm/nn/edge_attention.h>
#include <pfm/nn/ops.h>

#include <algorithm>

namespace pfm {

// columns(i, to) appends the columns of row i.
template <class Columns>
static Sparse rows_of(Offset n, Columns columns) {
  std::vector<Offset> offsets{0};
  std::vector<NodeId> all;
  for (NodeId i = 0; i < NodeId(n); ++i) {
    columns(i, all);
    std::sort(all.begin() + offsets.back(), all.end());
    offsets.push_back(Offset(all.size()));
  }
  return {n, n, std::move(offsets), std::move(all)};
}

MetaPath::MetaPath(const Sparse& pairs, Offset most) {
  auto shared = std::make_shared<std::vector<SharedNeighbours>>(shared_neighbours(pairs, most));
  std::vector<char> is_shared(std::size_t(pairs.rows()));
  for (const SharedNeighbours& group : *shared)
    for (const NodeId i : group.targets) is_shared[std::size_t(i)] = 1;
  single_ = rows_of(pairs.rows(), [&](NodeId i, std::vector<NodeId>& to) {
    if (is_shared[std::size_t(i)]) return;
    const auto columns = pairs.columns(i);
    to.insert(to.end(), columns.begin(), columns.end());
  });
  shared_ = std::move(shared);
}

// The rows of a group dealt out to draws, each of which sees its own rows and others up to this share of all.
static void deal(const SharedNeighbours& group, double share, const Rng& rng, std::vector<SharedNeighbours>& to) {
  constexpr std::size_t draws = 16;
  const auto all = NodeId(group.targets.size());
  const std::vector<NodeId> order = sample_without(all, all, rng.split("order"));
  const std::size_t parts = std::min(draws, order.size());
  for (std::size_t k = 0; k < parts; ++k) {
    const Rng own = rng.split(k);
    SharedNeighbours part;
    for (std::size_t i = k; i < order.size(); i += parts) part.targets.push_back(group.targets[std::size_t(order[i])]);
    std::ranges::sort(part.targets);
    std::vector<NodeId> others;
    std::ranges::set_difference(group.sources, part.targets, std::back_inserter(others));
    const double wanted = share * double(group.sources.size()) - double(part.targets.size()) + own.uniform(0);
    const auto count = NodeId(std::clamp(wanted, 0.0, double(others.size())));
    part.sources = part.targets;
    for (const NodeId j : sample_without(NodeId(others.size()), count, own.split("which")))
      part.sources.push_back(others[std::size_t(j)]);
    std::ranges::sort(part.sources);
    to.push_back(std::move(part));
  }
}

MetaPath MetaPath::drawn(double share, Offset most, const Rng& rng) const {
  MetaPath part = *this;
  std::vector<NodeId> others;
  part.single_ = rows_of(single_.rows(), [&](NodeId i, std::vector<NodeId>& to) {
    if (single_.columns(i).empty()) return;
    const Rng own = rng.split(std::uint64_t(i));
    others.clear();
    std::ranges::copy_if(single_.columns(i), std::back_inserter(others), [=](NodeId j) { return j != i; });
    const auto count = Offset(share * double(others.size()) + own.uniform(0));  // its mean is the share
    for (const NodeId k : sample_without(NodeId(others.size()), NodeId(std::min(count, most)), own.split("which")))
      to.push_back(others[std::size_t(k)]);
    to.push_back(i);
  });
  auto dealt = std::make_shared<std::vector<SharedNeighbours>>();
  for (std::size_t g = 0; g < shared_->size(); ++g) deal((*shared_)[g], share, rng.split("shared").split(g), *dealt);
  part.shared_ = std::move(dealt);
  return part;
}

Var MetaPath::attend(const AttentionSettings& how, const Var& source, const Var& target, const Var& x,
                     const std::optional<Rng>& rng) const {
  std::optional<AttentionDropout> dropout;
  if (rng && how.dropout > 0) dropout = {how.dropout, *rng};
  const Var single = additive_attention(single_, source, target, {}, x, how.slope, dropout);
  return shared_->empty() ? single : add(single, shared_attention(shared_, source, target, x, how.slope, dropout));
}

}  // namespace pfm
