// Semantic textual similarity (Cer et al. 2017, arXiv:1708.00055): whether texts that people find alike have rows that
// are alike.
#include <fmt/format.h>
#include <pfm/graph/text_samples.h>
#include <pfm/selfsup/cosine.h>
#include <pfm/selfsup/metrics.h>
#include <pfm/selfsup/protocols/protocols.h>
#include <pfm/selfsup/protocols/samples.h>

#include <algorithm>
#include <numeric>

namespace pfm {
namespace {

enum class Asked { test, validation };

void need_scored_pairs(const Dataset& data) {
  const Targets& t = data.targets;
  if (holds_texts(data) && !t.pairs.empty() && t.reals && t.reals->rows() == Offset(t.pairs.size()) &&
      t.reals->cols() == 1)
    return;
  throw Error(Fault::input, fmt::format("{}: this protocol needs pairs of texts with a score each; `pfm convert "
                                        "scored-pairs` makes a data set of a folder of them",
                                        data.name));
}

// Of the pairs: the given parts, else random ones. Those that are asked for stand in `test`.
Split pair_parts(const Dataset& data, Asked what, const Rng& rng) {
  need_scored_pairs(data);
  const auto part = [&](const char* name) {
    const auto found = data.splits.find(name);
    return found == data.splits.end() ? std::vector<NodeId>() : found->second;
  };
  Split split{part("train"), part("validation"), part("test")};
  if (split.train.empty() || split.test.empty()) {
    std::vector<NodeId> all(data.targets.pairs.size());
    std::iota(all.begin(), all.end(), NodeId{0});
    split = random_split(data.name, all, 10, 10, rng.split("split"));
  }
  if (what == Asked::test) return split;
  if (split.validation.empty())
    throw Error(Fault::input, fmt::format("{}: has no split \"validation\", which this protocol scores", data.name));
  return {std::move(split.train), {}, std::move(split.validation)};
}

// Texts of pairs that are not asked for and of none that is, nor of the test part.
std::vector<NodeId> texts_to_learn(const Dataset& data, Asked what, const Rng& rng) {
  const Split asked = pair_parts(data, what, rng), last = pair_parts(data, Asked::test, rng);
  std::vector<std::int8_t> kept(data.texts.size(), 0);
  const auto mark = [&](std::span<const NodeId> pairs, std::int8_t as) {
    for (const NodeId i : pairs) {
      const Triple& pair = data.targets.pairs[std::size_t(i)];
      kept[std::size_t(pair.source)] = kept[std::size_t(pair.target)] = as;
    }
  };
  mark(asked.train, 1), mark(asked.validation, 1), mark(asked.test, 0), mark(last.test, 0);
  std::vector<NodeId> texts;
  for (std::size_t i = 0; i < kept.size(); ++i)
    if (kept[i] != 0) texts.push_back(NodeId(i));
  return texts;
}

Dataset all_texts(const Dataset& data, Rng) {
  need_scored_pairs(data);
  return of_texts(data.name, data.texts);
}

Scores sts_score(const Outcome& outcome, const Dataset& data, Asked what, const Rng& rng) {
  need_row_per_sample(outcome, data);
  std::vector<Edge> pairs;
  std::vector<double> truth;
  for (const NodeId i : pair_parts(data, what, rng).test) {
    const Triple& pair = data.targets.pairs[std::size_t(i)];
    pairs.push_back({pair.source, pair.target});
    truth.push_back(double((*data.targets.reals)(i, 0)));
  }
  const Matrix cosines = pair_dots(unit_rows(outcome.embedding), pairs);
  const std::vector<double> found(cosines.values().begin(), cosines.values().end());
  return {{"spearman", 100 * spearman(found, truth)}, {"pearson", 100 * pearson(found, truth)}};
}

Protocol sts_of(Asked what) {
  const bool tuning = what == Asked::validation;
  return {.id = tuning ? "sts@validation" : "sts",
          .about = fmt::format("pairs of texts: rank correlation of given scores with the cosine of the rows, over the "
                               "{} part (given, else random: 10 % training, 10 % validation, 80 % test); learned from "
                               "are the texts of no such pair{}, without scores",
                               tuning ? "validation" : "test", tuning ? " (for tuning)" : ""),
          .task = Task::graph,
          .view = [=](const Dataset& data, Rng rng) { return chosen_texts(data, texts_to_learn(data, what, rng)); },
          .score = [=](const Outcome& outcome, const Dataset& data,
                       Rng rng) { return sts_score(outcome, data, what, rng); },
          .controls = {"bow", "random"},
          .embedded = all_texts};
}

}  // namespace

Protocol sts() { return sts_of(Asked::test); }
Protocol sts_at_validation() { return sts_of(Asked::validation); }

}  // namespace pfm
