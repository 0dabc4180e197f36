#include <fmt/format.h>
#include <pfm/selfsup/split.h>

#include <algorithm>

namespace pfm {
namespace {

std::vector<NodeId> given_part(const Dataset& data, const std::string& name) {
  const auto found = data.splits.find(name);
  if (found == data.splits.end() || found->second.empty())
    throw Error(Fault::input,
                fmt::format("{}: this protocol needs a split \"{}\", the data set has none; use --protocol "
                            "random-10-10-80 for data without splits",
                            data.name, name));
  for (const NodeId v : found->second)
    if (v < 0 || std::size_t(v) >= data.targets.classes.size() || data.targets.classes[v] < 0)
      throw Error(Fault::input, fmt::format("{}: split \"{}\" names node {}, which has no class; splits may hold only "
                                            "labelled nodes",
                                            data.name, name, v));
  return found->second;
}

}  // namespace

Split given_split(const Dataset& data, const std::string& which) {
  return {given_part(data, "train" + which), given_part(data, "validation" + which), given_part(data, "test" + which)};
}

Split usual_split(const Dataset& data, Rng rng) {
  const auto has = [&](const char* part) { return data.splits.contains(part); };
  if (!has("train") || !has("test")) return random_split(data.name, with_class(data), 10, 10, rng.split("split"));
  return {given_part(data, "train"), has("validation") ? given_part(data, "validation") : std::vector<NodeId>(),
          given_part(data, "test")};
}

std::vector<NodeId> with_class(const Dataset& data) {
  std::vector<NodeId> nodes;
  for (NodeId v = 0; v < NodeId(data.targets.classes.size()); ++v)
    if (data.targets.classes[v] >= 0) nodes.push_back(v);
  return nodes;
}

std::vector<NodeId> with_labels(const Sparse& label_sets) {
  std::vector<NodeId> nodes;
  for (NodeId v = 0; v < NodeId(label_sets.rows()); ++v)
    if (!label_sets.columns(v).empty()) nodes.push_back(v);
  return nodes;
}

Split random_split(const std::string& data, std::span<const NodeId> items, int train_percent, int validation_percent,
                   Rng rng) {
  const std::size_t n = items.size(), train = n * std::size_t(train_percent) / 100,
                    validation = n * std::size_t(validation_percent) / 100;
  if (train == 0 || train + validation >= n || (validation_percent > 0 && validation == 0))
    throw Error(Fault::input, fmt::format("{}: a random split needs at least {} labelled nodes, the data set has {}",
                                          data, (99 + train_percent) / train_percent, n));
  Split split;
  const std::vector<NodeId> order = permutation(NodeId(n), rng);
  for (std::size_t i = 0; i < n; ++i)
    (i < train                ? split.train
     : i < train + validation ? split.validation
                              : split.test)
        .push_back(items[std::size_t(order[i])]);
  return split;
}

std::vector<std::vector<NodeId>> stratified_folds(std::span<const NodeId> items, std::span<const std::int32_t> classes,
                                                  int folds, Rng rng) {
  std::vector<NodeId> order;
  for (const NodeId i : permutation(NodeId(items.size()), rng)) order.push_back(items[std::size_t(i)]);
  std::ranges::stable_sort(order, {}, [&](NodeId item) { return classes[std::size_t(item)]; });
  std::vector<std::vector<NodeId>> parts(static_cast<std::size_t>(folds));
  for (std::size_t i = 0; i < order.size(); ++i) parts[i % parts.size()].push_back(order[i]);
  for (std::vector<NodeId>& part : parts) std::ranges::sort(part);
  return parts;
}

std::vector<std::vector<NodeId>> folds_of(const Dataset& data, int folds, Rng rng) {
  if (int(data.folds.size()) != folds) {
    const std::vector<NodeId> items = with_class(data);
    if (int(items.size()) < folds)
      throw Error(Fault::input, fmt::format("{}: {} folds need at least as many labelled items, the data set has {}",
                                            data.name, folds, items.size()));
    return stratified_folds(items, data.targets.classes, folds, rng);
  }
  for (const std::vector<NodeId>& fold : data.folds) {
    if (fold.empty()) throw Error(Fault::input, fmt::format("{}: a given fold has no item to test", data.name));
    for (const NodeId i : fold)
      if (i < 0 || std::size_t(i) >= data.targets.classes.size() || data.targets.classes[std::size_t(i)] < 0)
        throw Error(Fault::input, fmt::format("{}: a given fold names item {}, which has no class", data.name, i));
  }
  return data.folds;
}

std::vector<NodeId> others(std::span<const NodeId> items, std::span<const NodeId> test) {
  std::vector<NodeId> sorted(test.begin(), test.end()), rest;
  std::ranges::sort(sorted);
  std::ranges::copy_if(items, std::back_inserter(rest),
                       [&](NodeId i) { return !std::ranges::binary_search(sorted, i); });
  return rest;
}

}  // namespace pfm
