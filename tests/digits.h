// Small images for tests.
#pragma once
#include <pfm/io/builtin.h>

#include <numeric>

namespace pfm {

// The first digits of the built-in set as a data set of their own, three quarters of them for training.
inline Dataset some_digits(NodeId count) {
  const Dataset whole = io::builtin("digits");
  std::vector<NodeId> first(static_cast<std::size_t>(count));
  std::iota(first.begin(), first.end(), NodeId{0});
  Dataset data;
  data.name = "some digits", data.task = whole.task;
  data.all = chosen_samples(whole.all, first);
  data.all.ids.clear();
  data.targets.classes.assign(whole.targets.classes.begin(), whole.targets.classes.begin() + count);
  const auto cut = first.begin() + count * 3 / 4;
  data.splits = {{"train", {first.begin(), cut}}, {"test", {cut, first.end()}}};
  return data;
}

}  // namespace pfm
