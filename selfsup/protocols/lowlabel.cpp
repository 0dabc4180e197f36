// Few labels: a random share of all nodes, every class among them (M3S, Sun et al. 2020, arXiv:1902.11038).
#include <fmt/format.h>
#include <pfm/selfsup/protocols/nodes.h>
#include <pfm/selfsup/protocols/protocols.h>

#include <cmath>

namespace pfm {
namespace {

constexpr std::size_t validation_nodes = 500, test_nodes = 1000;

// One node of each class, drawn uniformly, then others uniformly until `percent` of all nodes are labelled.
Split split_of(const Dataset& data, double percent, Rng rng) {
  const std::vector<NodeId> order = shuffled(with_class(data), rng.split("split"));
  const auto wanted = std::size_t(std::lround(percent / 100 * double(data.nodes())));
  std::vector<char> met(std::size_t(data.targets.class_count()), 0);
  Split split;
  std::vector<NodeId> others;
  for (const NodeId v : order) {
    char& seen = met[std::size_t(data.targets.classes[v])];
    (seen ? others : split.train).push_back(v);
    seen = 1;
  }
  const std::size_t more = wanted > split.train.size() ? wanted - split.train.size() : 0;
  if (others.size() < more + validation_nodes + test_nodes)
    throw Error(
        Fault::input,
        fmt::format("{}: lowlabel needs {} nodes with a class (500 validation, 1000 test), the data set has {}; "
                    "use --protocol random-10-10-80 for small data sets",
                    data.name, split.train.size() + more + validation_nodes + test_nodes, order.size()));
  const auto validation = others.begin() + std::ptrdiff_t(more), test = validation + validation_nodes;
  split.train.insert(split.train.end(), others.begin(), validation);
  split.validation.assign(validation, test);
  split.test.assign(test, test + test_nodes);
  return split;
}

}  // namespace

Protocol lowlabel(double percent) {
  const std::string id = percent == 0.5 ? "lowlabel" : fmt::format("lowlabel@{}", percent);
  const auto view = [=](const Dataset& data, Rng rng) {
    need_classes(data);
    Split split = split_of(data, percent, rng);
    Dataset seen = with_classes_of(data, split.train);
    seen.splits = {{"train", std::move(split.train)},
                   {"validation", std::move(split.validation)},
                   {"test", std::move(split.test)}};
    return seen;
  };
  const auto score = [=](const Outcome& outcome, const Dataset& data, Rng rng) -> Scores {
    return {{"accuracy", class_score_accuracy(id, outcome, data, split_of(data, percent, rng).test)}};
  };
  const auto validator = [=](const Dataset& data, Rng rng) {
    return validator_of(data, split_of(data, percent, rng).validation);
  };
  return {id,
          fmt::format("{} % of all nodes labelled, one of each class at least, 500 others for validation, 1000 for "
                      "testing, all drawn anew for each seed; accuracy of a method that learns classes itself",
                      percent),
          Task::node,
          view,
          score,
          {"baseline", "random"},
          validator};
}

}  // namespace pfm
