#include <fmt/format.h>
#include <pfm/kernels/rows.h>
#include <pfm/nn/classification.h>
#include <pfm/selfsup/metrics.h>
#include <pfm/selfsup/protocols/samples.h>

#include <algorithm>
#include <cctype>
#include <numeric>

namespace pfm {

void need_classes(const Dataset& data) {
  const char* thing = of_samples(data) ? "sample" : "node";
  const Offset count = of_samples(data) ? data.graphs() : Offset(data.nodes());
  if (data.targets.class_count() == 0)
    throw Error(Fault::input,
                fmt::format("{}: this protocol needs a class per {}, the data set has none{}", data.name, thing,
                            of_samples(data) ? "" : "; use --protocol link-85-5-10 for data without labels"));
  if (Offset(data.targets.classes.size()) != count)
    throw Error(Fault::input, fmt::format("{}: this protocol needs a class per {}, the data set has {} {}s and {} "
                                          "labels",
                                          data.name, thing, count, thing, data.targets.classes.size()));
  const auto labelled = [](std::int32_t c) { return c >= 0; };
  const auto first = std::ranges::find_if(data.targets.classes, labelled);
  if (std::ranges::all_of(data.targets.classes, [&](std::int32_t c) { return c < 0 || c == *first; }))
    throw Error(Fault::input, fmt::format("{}: this protocol needs {}s of at least two classes, all labelled ones "
                                          "are of class {}",
                                          data.name, thing, *first));
}

Dataset with_classes_of(const Dataset& data, std::span<const NodeId> visible) {
  Dataset view = data;
  view.targets.label_sets = {};
  std::ranges::fill(view.targets.classes, -1);
  for (const NodeId v : visible) view.targets.classes[v] = data.targets.classes[v];
  return view;
}

Dataset public_view(const Dataset& data, Rng) {
  need_classes(data);
  return with_classes_of(data, given_split(data).train);
}

std::vector<std::int32_t> classes_of(const Dataset& data, std::span<const NodeId> ids) {
  std::vector<std::int32_t> classes;
  for (const NodeId v : ids) classes.push_back(data.targets.classes[v]);
  return classes;
}

std::vector<std::int32_t> arg_max(const Matrix& scores) {
  std::vector<std::int32_t> classes;
  for (Offset i = 0; i < scores.rows(); ++i)
    classes.push_back(std::int32_t(std::ranges::max_element(scores.row(i)) - scores.row(i).begin()));
  return classes;
}

Sparse most_probable(const Matrix& scores, const Sparse& truth) {
  expect(scores.rows() == truth.rows() && scores.cols() == truth.cols(), "most_probable: a score per item and label");
  const TopK ranked = top_k(scores, scores.cols());
  std::vector<Offset> offsets{0};
  std::vector<NodeId> labels;
  for (Offset i = 0; i < truth.rows(); ++i) {
    const auto first = ranked.columns.begin() + i * ranked.count;
    labels.insert(labels.end(), first, first + Offset(truth.columns(i).size()));
    std::sort(labels.begin() + offsets.back(), labels.end());
    offsets.push_back(Offset(labels.size()));
  }
  return {truth.rows(), truth.cols(), std::move(offsets), std::move(labels)};
}

std::vector<std::int32_t> decided(const Matrix& class_scores, std::span<const NodeId> ids) {
  const std::vector<std::int32_t> all = arg_max(class_scores);
  std::vector<std::int32_t> classes;
  for (const NodeId v : ids) classes.push_back(all.at(std::size_t(v)));
  return classes;
}

double own_accuracy(const Outcome& outcome, const Dataset& data, std::span<const NodeId> test) {
  expect(outcome.class_scores.rows() == Offset(data.targets.classes.size()), "class_scores: a row per labelled item");
  return 100 * accuracy(classes_of(data, test), decided(outcome.class_scores, test));
}

double class_score_accuracy(const std::string& protocol, const Outcome& outcome, const Dataset& data,
                            std::span<const NodeId> test) {
  if (outcome.class_scores.empty())
    throw Error(Fault::usage,
                fmt::format("protocol {} scores what a method itself says of classes, and this one leaves "
                            "rows alone; use --protocol public-dgi or random-10-10-80",
                            protocol));
  return own_accuracy(outcome, data, test);
}

Validator validator_of(const Dataset& data, std::span<const NodeId> validation) {
  std::vector<std::int32_t> seen(data.targets.classes.size(), -1);
  for (const NodeId v : validation) seen[std::size_t(v)] = data.targets.classes[v];
  return [seen, ids = std::vector<NodeId>(validation.begin(), validation.end()),
          truth = classes_of(data, validation)](const Matrix& scores) -> Validation {
    const NoGradient validating;
    return {cross_entropy(Var(scores.clone()), seen).scalar(), accuracy(truth, decided(scores, ids))};
  };
}

double mean(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / double(values.size());
}

double setting_of(std::span<const ByDataSet> rows, std::string name) {
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  double value = 0;
  for (const ByDataSet& row : rows)
    if (name.find(row.data) != std::string::npos) value = row.value;
  return value;
}

}  // namespace pfm
