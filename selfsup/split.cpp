#include <fmt/format.h>
#include <pfm/selfsup/split.h>

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

}  // namespace pfm
