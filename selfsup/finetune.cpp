#include <fmt/format.h>
#include <pfm/graph/text_samples.h>
#include <pfm/kernels/stopwatch.h>
#include <pfm/selfsup/finetune.h>
#include <pfm/selfsup/heads.h>
#include <pfm/selfsup/losses.h>
#include <pfm/selfsup/metrics.h>
#include <pfm/selfsup/protocols/samples.h>

#include <algorithm>

namespace pfm {
namespace {

// One training and how it is judged.
struct Turn {
  std::function<Pretext(const Pretext& start)> headed;
  Matrix majority;  // [items, classes] how often each class is learned from; of links empty
  std::function<Validation(const Pretext& headed, const Batch& rows)> validation;  // empty: nothing validates
  std::function<Scores(const Outcome&)> score;
};

struct Work {
  Dataset view, embedded;   // as PreparedSeed
  std::vector<Turn> turns;  // ten where the protocol has folds, else one
};

void need_classes_shown(const Dataset& view, const Protocol& protocol) {
  if (std::ranges::any_of(view.targets.classes, [](std::int32_t c) { return c >= 0; })) return;
  throw Error(Fault::usage,
              fmt::format("protocol {} shows training no class of {}, so there is nothing to finetune on; "
                          "take --protocol public-dgi, random-10-10-80 or link-85-5-10, for classes of "
                          "graphs svc10, of texts and images probe, of pairs of texts pairs",
                          protocol.id, view.name));
}

// The same row for every item of the data set.
Matrix class_counts(std::span<const std::int32_t> known, const Dataset& data) {
  Matrix counts = Matrix::zeros(Offset(data.targets.classes.size()), data.targets.class_count());
  for (const std::int32_t c : known)
    if (c >= 0) ++counts(0, c);
  for (Offset i = 1; i < counts.rows(); ++i) std::ranges::copy(counts.row(0), counts.row(i).begin());
  return counts;
}

struct Shape {
  Offset items, classes;
};

// Of the samples `ids` alone, 0 for the others.
Matrix scores_of_samples(const Pretext& headed, const Batch& rows, std::span<const NodeId> ids, const Shape& shape) {
  Matrix all = Matrix::zeros(shape.items, shape.classes);
  const Matrix scores = headed.class_scores(chosen_samples(rows, ids));
  for (std::size_t i = 0; i < ids.size(); ++i) std::ranges::copy(scores.row(Offset(i)), all.row(ids[i]).begin());
  return all;
}

// Learns the classes `known`, asks those of `validation` for the epoch.
Turn class_turn(const Dataset& data, const Protocol& protocol, const HeadSettings& head,
                const std::vector<std::int32_t>& known, std::span<const NodeId> validation) {
  Turn turn;
  turn.majority = class_counts(known, data);
  turn.headed = [=, task = protocol.task, count = data.targets.class_count()](const Pretext& start) {
    return with_class_head(start, task, known, count, head);
  };
  if (validation.empty()) return turn;
  turn.validation = [=, samples = protocol.task == Task::graph, ids = std::vector(validation.begin(), validation.end()),
                     ask = validator_of(data, validation), shape = Shape{turn.majority.rows(), turn.majority.cols()}](
                        const Pretext& headed, const Batch& rows) {
    return ask(samples ? scores_of_samples(headed, rows, ids, shape) : headed.class_scores(rows));
  };
  return turn;
}

Turn one_split(const Work& work, const Dataset& data, const Protocol& protocol, const HeadSettings& head,
               const Rng& split, const Rng& draws) {
  need_classes_shown(work.view, protocol);
  const auto validation = work.embedded.splits.find("validation");
  const bool validates = validation != work.embedded.splits.end();
  Turn turn = class_turn(data, protocol, head, some_of(work.view.targets.classes, head.labels, draws.split("labels")),
                         validates ? validation->second : std::vector<NodeId>());
  turn.score = [&, split](const Outcome& outcome) { return score_of(protocol, outcome, data, split); };
  return turn;
}

Turn one_fold(const Split& fold, const Dataset& data, const Protocol& protocol, const HeadSettings& head,
              const Rng& draws) {
  const std::vector<std::int32_t> known = with_classes_of(data, fold.train).targets.classes;
  Turn turn = class_turn(data, protocol, head, some_of(known, head.labels, draws.split("labels")), fold.validation);
  turn.score = [&, test = fold.test](const Outcome& outcome) -> Scores {
    return {{"accuracy", 100 * accuracy(classes_of(data, test), decided(outcome.class_scores, test))}};
  };
  return turn;
}

Validation validation_of_links(const Pretext& headed, const Batch& rows, const HeldOut& held) {
  const Matrix embedded = headed.encoder(rows).value().clone();
  const Matrix edges = headed.pair_scores(embedded, held.validation),
               others = headed.pair_scores(embedded, held.validation_non_edges);
  const auto above = [](Real s) { return s > 0; };
  const auto right =
      std::ranges::count_if(edges.values(), above) + others.size() - std::ranges::count_if(others.values(), above);
  return {logistic_loss(Var(edges.clone()), Var(others.clone())).scalar(),
          double(right) / double(edges.size() + others.size())};
}

Turn links(const Dataset& data, const Protocol& protocol, const HeadSettings& head, const Rng& split) {
  Turn turn;
  turn.headed = [=](const Pretext& start) { return with_link_head(start, head); };
  const HeldOut held = protocol.held_out(data, split);
  if (!held.validation.empty())
    turn.validation = [=](const Pretext& headed, const Batch& rows) { return validation_of_links(headed, rows, held); };
  turn.score = [&, split](const Outcome& outcome) { return score_of(protocol, outcome, data, split); };
  return turn;
}

Work work_of(const Dataset& data, const Protocol& protocol, const HeadSettings& head, const Rng& split,
             const Rng& draws) {
  Work work{.view = protocol.view(data, split), .embedded = {}, .turns = {}};
  work.embedded = protocol.embedded ? protocol.embedded(data, split) : work.view;
  if (protocol.held_out)
    work.turns.push_back(links(data, protocol, head, split));
  else if (protocol.turns)
    for (const Split& fold : protocol.turns(data, split))
      work.turns.push_back(one_fold(fold, data, protocol, head, draws.split(std::uint64_t(work.turns.size()))));
  else
    work.turns.push_back(one_split(work, data, protocol, head, split, draws));
  return work;
}

// Whether labels reach what was pretrained.
void need_network(const Method& method, const Pretext& pretext) {
  if (pretext.class_scores)
    throw Error(Fault::usage, fmt::format("{} learns from labels itself, so its checkpoint knows some; finetune takes "
                                          "encoders pretrained without labels, such as dgi; for this one use pfm run",
                                          method.id));
  if (!pretext.loss)
    throw Error(Fault::usage,
                fmt::format("{} has a row per node, which labels of other nodes do not reach; finetune takes encoders "
                            "that compute rows from features and edges, such as dgi; for these rows use pfm eval",
                            method.id));
}

void need_row_per_item(const Method& method, const Pretext& pretext, const Batch& rows, const Protocol& protocol,
                       const Dataset& data) {
  const NoGradient counting;
  const Offset found = pretext.encoder(rows).rows();
  if (protocol.task == Task::link) need_row_per_node(found, data);
  if (protocol.task == Task::link || found == data.items()) return;
  throw Error(Fault::usage, fmt::format("{} gives {} rows and protocol {} scores {} items of {}; for classes of graphs "
                                        "take infograph, graphcl, graphmae or mvgrl",
                                        method.id, found, protocol.id, data.items(), data.name));
}

// The untrained encoder of the seed, or with the checkpoint's weights.
Pretext start_of(const Method& method, const Checkpoint& checkpoint, const Dataset& view, std::uint64_t seed,
                 bool pretrained) {
  Pretext start = method.make(view, Options(Rng(seed).split("method"), checkpoint.recipe().options));
  need_network(method, start);
  if (pretrained) checkpoint.restore(start.params);
  if (start.params.has("training.step"))
    throw Error(Fault::input,
                "this checkpoint is of a training that is not finished; end it with pfm pretrain .. "
                "--resume and take its output");
  return start;
}

// Where the head gives classes, rows are not asked for: no protocol looks at them then.
Outcome judged(const Pretext& headed, const Batch& rows) {
  if (!headed.class_scores) return outcome_of(headed, rows);
  const NoGradient judging;
  return {.embedding = {}, .class_scores = headed.class_scores(rows)};
}

struct Finished {
  Scores scores;
  Trained training;
};

Finished train(const Turn& turn, const Pretext& start, const Batch& batch, const Batch& rows, const Rng& rng,
               const Callbacks& callbacks) {
  const Pretext headed = turn.headed(start);
  Callbacks watching = callbacks;
  const std::string watch = headed.training.watch;
  if (turn.validation && watch != "loss")
    watching.validate = [&, by_accuracy = watch == "validation-accuracy"] {
      const NoGradient validating;
      const Validation found = turn.validation(headed, rows);
      return by_accuracy ? -found.accuracy : found.loss;
    };
  const Trained training = pretrain(headed, batch, rng, watching);
  return {turn.score(judged(headed, rows)), training};
}

// Progress of turn number `turn` as a part of all.
Callbacks in_turn(const Callbacks& callbacks, std::size_t turn, std::size_t turns) {
  if (!callbacks.progress) return callbacks;
  return {.progress = [=](const Progress& p) {
    return callbacks.progress({p.steps * std::int64_t(turn) + p.step, p.steps * std::int64_t(turns), p.loss});
  }};
}

void add_mean(Scores& sum, const Scores& scores, std::size_t count) {
  if (sum.empty())
    for (const auto& [metric, value] : scores) sum.emplace_back(metric, 0);
  for (std::size_t m = 0; m < sum.size(); ++m) sum[m].second += scores[m].second / double(count);
}

}  // namespace

std::vector<Options::Asked> finetune_options(Task task, bool of_texts, const Options::Values& given) {
  const Options options(Rng(0), given);
  head_from(options, task, of_texts);
  options.refuse_unknown();
  return options.asked();
}

SeedResult finetune_seed(const Method& method, const Checkpoint& checkpoint, const Dataset& data,
                         const Protocol& protocol, const Options::Values& given, std::uint64_t seed,
                         std::uint64_t split_seed, const Callbacks& callbacks, const Announce& announce) {
  Stopwatch clock;
  SeedResult result;
  const bool of_texts = holds_texts(data);
  result.options = finetune_options(protocol.task, of_texts, given);
  const HeadSettings head = head_from(Options(Rng(seed), given), protocol.task, of_texts);
  const Work work = work_of(data, protocol, head, scoring_rng(split_seed), Rng(seed));
  const std::size_t turns = work.turns.size();
  const Pretext untrained = start_of(method, checkpoint, work.view, seed, false);
  const Batch batch = untrained.prepare(work.view), rows = untrained.prepare(work.embedded);
  need_row_per_item(method, untrained, rows, protocol, work.embedded);
  result.prepare_seconds = clock.seconds();

  const Callbacks listening{.progress = [&](const Progress&) { return announce("scratch"), true; }};
  result.training.finished = true;
  result.controls.emplace_back("scratch", Scores());
  if (!work.turns[0].majority.empty()) result.controls.emplace_back("majority", Scores());
  for (std::size_t t = 0; t < turns; ++t) {
    const Rng rng = Rng(seed).split("training").split(t);
    const auto from = [&](bool pretrained, const Callbacks& told) {
      const Pretext start = start_of(method, checkpoint, work.view, seed, pretrained);
      return train(work.turns[t], start, batch, rows, rng, told);
    };
    clock = {};
    add_mean(result.controls[0].second, from(false, listening).scores, turns);
    if (const Matrix& counts = work.turns[t].majority; !counts.empty())
      add_mean(result.controls[1].second, work.turns[t].score({.embedding = {}, .class_scores = counts.clone()}),
               turns);
    result.evaluate_seconds += clock.seconds();
    clock = {};
    const Finished done = from(true, in_turn(callbacks, t, turns));
    add_mean(result.trained, done.scores, turns);
    result.training.steps += done.training.steps;
    result.training.first_loss += done.training.first_loss / double(turns);
    result.training.last_loss += done.training.last_loss / double(turns);
    result.train_seconds += clock.seconds();
  }
  return result;
}

}  // namespace pfm
