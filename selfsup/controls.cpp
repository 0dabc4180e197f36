#include <pfm/selfsup/protocol.h>

namespace pfm {

// X with rows of sum 1; nodes without features are told apart by identity rows.
static Features raw(const Dataset& view) { return view.all.x.row_normalised(); }

template <int hops>
static Features smoothed(const Dataset& view) {
  Features x = raw(view);
  for (int hop = 0; hop < hops; ++hop) x = multiply(view.all.graph.propagation(), x);
  return x;
}

const std::vector<Control>& controls() {
  static const std::vector<Control> all{
      {"raw", "the features alone", raw},
      {"a1", "features averaged over neighbours once", smoothed<1>},
      {"a2", "twice", smoothed<2>},
      {"a3", "three times", smoothed<3>},
  };
  return all;
}

}  // namespace pfm
