#include <pfm/kernels/rows.h>
#include <pfm/selfsup/key_queue.h>

#include <algorithm>

namespace pfm {

KeyQueue::KeyQueue(const Params& p, Offset length, Offset width, Offset batch, const Rng& rng)
    : rows_(p.state("rows", length, width)), newest_(p.state("newest", batch, width)), place_(p.state("place", 1, 2)) {
  for (Offset i = 0; i < rows_.value().size(); ++i) rows_.value().data()[i] = Real(rng.normal(std::uint64_t(i)));
  l2_normalise_rows(rows_.value());
}

void KeyQueue::keep(const Matrix& keys) {
  std::copy_n(keys.data(), keys.size(), newest_.value().data());
  place_.value()(0, 1) = Real(keys.rows());
}

void KeyQueue::push() {
  auto at = Offset(place_.value()(0, 0));
  for (Offset i = 0; i < Offset(place_.value()(0, 1)); ++i, at = (at + 1) % rows_.rows())
    std::ranges::copy(newest_.value().row(i), rows_.value().row(at).begin());
  place_.value() = Matrix(1, 2, {Real(at), 0});
}

}  // namespace pfm
