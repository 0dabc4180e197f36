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
  return part;
}

Var MetaPath::attend(const AttentionSettings& how, const Var& source, const Var& target, const Var& x,
                     const std::optional<Rng>& rng) const {
  std::optional<AttentionDropout> dropout;
  if (rng && how.dropout > 0) dropout = {how.dropout, *rng};
  const Var single = additive_attention(single_, source, target, {}, x, how.slope, dropout);
  return shared_->empty() ? single : add(single, shared_attention(shared_, source, target, x, how.slope));
}

}  // namespace pfm
