// Linear probe of frozen rows: what a linear classifier can read from them.
#include <fmt/format.h>
#include <pfm/graph/text_samples.h>
#include <pfm/selfsup/metrics.h>
#include <pfm/selfsup/probe.h>
#include <pfm/selfsup/protocols/protocols.h>
#include <pfm/selfsup/protocols/samples.h>
#include <pfm/selfsup/softmax_regression.h>

#include <algorithm>

namespace pfm {
namespace {

constexpr double penalties[] = {1, 0.1, 0.01, 0.001, 0.0001};

// Where no validation part is given, it is a random tenth of the training part.
Split parts_of(const Dataset& data, Rng rng) {
  Split split = usual_split(data, rng);
  if (!split.validation.empty()) return split;
  Split tenth = random_split(data.name, split.train, 90, 0, rng.split("validation"));
  return {std::move(tenth.train), std::move(tenth.test), std::move(split.test)};
}

void need_samples(const Dataset& data) {
  if (of_samples(data)) return;
  throw Error(Fault::input,
              fmt::format("{}: this protocol needs many samples (images, texts) with a class each, the data "
                          "set is one graph; use --protocol random-10-10-80 for its nodes",
                          data.name));
}

Dataset view(const Dataset& data, Rng rng) {
  need_samples(data);
  need_classes(data);
  return training_samples(data, parts_of(data, rng));
}

Dataset embedded(const Dataset& data, Rng rng) { return shown(data, parts_of(data, rng)); }

double right(const SoftmaxRegression& probe, const Matrix& rows, const Dataset& data, std::span<const NodeId> ids) {
  return accuracy(classes_of(data, ids), arg_max(probe.scores(rows)));
}

// Of rows that stay sparse: Adam, 500 steps; penalty and step are chosen by the validation part.
Scores sparse_score(const Features& rows, const Dataset& data, const Split& split, const Rng& rng) {
  constexpr double sparse_penalties[] = {1e-3, 1e-4, 1e-5, 0};
  Split validated = split;
  validated.test = split.validation;
  double best = -1;
  Probe chosen;
  for (const double penalty : sparse_penalties) {
    const Probe probe{.repeats = 1, .steps = 500, .lr = 0.03, .weight_decay = penalty};
    const double found = softmax_probe(rows, data.targets.classes, validated, probe, rng).at_validation.at(0);
    if (found > best) best = found, chosen = probe;
  }
  return {{"accuracy", softmax_probe(rows, data.targets.classes, split, chosen, rng).at_validation.at(0)}};
}

// The classes that the method itself, or else the regression finds for the test part. The penalty is chosen by the
// validation part; a part that was not given is learned from in the end.
std::vector<std::int32_t> found_classes(const Outcome& outcome, const Dataset& data, const Rng& rng) {
  const Split given = usual_split(data, rng), split = parts_of(data, rng);
  if (!outcome.class_scores.empty()) return decided(outcome.class_scores, split.test);
  need_row_per_sample(outcome, data);
  const auto rows = [&](std::span<const NodeId> ids) { return outcome.embedding.gather(ids).as_dense(); };
  const int classes = data.targets.class_count();
  std::vector<SoftmaxRegression> found =
      softmax_regressions(rows(split.train), classes_of(data, split.train), classes, penalties);
  const Matrix validation = rows(split.validation);
  std::vector<double> shares;
  for (const SoftmaxRegression& probe : found) shares.push_back(right(probe, validation, data, split.validation));
  const auto best = std::size_t(std::ranges::max_element(shares) - shares.begin());
  if (given.validation.empty())
    found = softmax_regressions(rows(given.train), classes_of(data, given.train), classes,
                                std::span(penalties).first(best + 1));
  return arg_max(found[best].scores(rows(split.test)));
}

Scores score(const Outcome& outcome, const Dataset& data, Rng rng) {
  if (outcome.class_scores.empty() && outcome.embedding.is_sparse()) {
    need_row_per_sample(outcome, data);
    return sparse_score(outcome.embedding, data, parts_of(data, rng), rng.split("probe"));
  }
  const std::vector<std::int32_t> truth = classes_of(data, parts_of(data, rng).test);
  return {{"accuracy", 100 * accuracy(truth, found_classes(outcome, data, rng))}};
}

// Of the rows of the view.
Validator validator(const Dataset& data, Rng rng) {
  const Split split = parts_of(data, rng);
  Dataset part = training_samples(data, split);
  const std::vector<NodeId> asked = part.splits.at("validation");
  Split all = split;
  all.train.insert(all.train.end(), split.validation.begin(), split.validation.end()), all.validation.clear();
  part.targets.classes = training_samples(data, all).targets.classes;
  return validator_of(part, asked);
}

Dataset pair_samples(const Dataset& data) {
  if (!holds_texts(data) || data.targets.pairs.empty() || data.targets.classes.size() != data.targets.pairs.size())
    throw Error(Fault::input, fmt::format("{}: this protocol needs pairs of texts with a class each; `pfm convert "
                                          "labelled-pairs` makes a data set of a folder of them",
                                          data.name));
  return of_text_pairs(data);
}

// F1 of the second of two classes, of more the mean over them.
Scores accuracy_and_f1(const Outcome& outcome, const Dataset& data, Rng rng) {
  const Dataset samples = pair_samples(data);
  const std::vector<std::int32_t> truth = classes_of(samples, parts_of(samples, rng).test);
  const std::vector<std::int32_t> found = found_classes(outcome, samples, rng);
  Scores scores{{"accuracy", 100 * accuracy(truth, found)}};
  if (samples.targets.class_count() == 2)
    scores.emplace_back("f1", 100 * f1_of(1, truth, found));
  else
    scores.emplace_back("macro-f1", 100 * f1(truth, found).macro);
  return scores;
}

}  // namespace

Protocol pairs() {
  return {.id = "pairs",
          .about =
              "pairs of texts with a class each, a pair read as one sequence and given one row: the parts and the "
              "regression of probe; accuracy, and F1 of the second of two classes (of more: the mean over them)",
          .task = Task::graph,
          .view = [](const Dataset& data, Rng rng) { return view(pair_samples(data), rng); },
          .score = accuracy_and_f1,
          .controls = {"majority", "random"},
          .validator = [](const Dataset& data, Rng rng) { return validator(pair_samples(data), rng); },
          .embedded = [](const Dataset& data, Rng rng) { return embedded(pair_samples(data), rng); }};
}

Protocol probe() {
  return {.id = "probe",
          .about =
              "given training and test parts, else random ones of 10 % training, 10 % validation, 80 % test; "
              "columns standardised, softmax regression to its minimum, penalty of 10^-4 .. 1 by the validation "
              "part (a random tenth of the training part where none is given)",
          .task = Task::graph,
          .view = view,
          .score = score,
          .controls = {"pixels", "bow", "random"},
          .validator = validator,
          .embedded = embedded};
}

}  // namespace pfm
