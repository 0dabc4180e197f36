#include <fmt/format.h>
#include <pfm/kernels/stopwatch.h>
#include <pfm/selfsup/experiment.h>

#include <algorithm>

namespace pfm {

Outcome outcome_of(const Pretext& pretext, const Batch& data, bool wanted) {
  const NoGradient evaluating;
  if (!wanted) return {.embedding = {}, .code_length = pretext.code_length, .own_scores = pretext.own_scores};
  const Var rows = pretext.encoder(data);  // perhaps a parameter itself (a table), so its value stays where it is
  const Features embedding(rows.value().clone());
  Outcome outcome{.embedding = embedding};
  if (pretext.pair_scores)
    outcome.pair_scores = [embedding, score = pretext.pair_scores](std::span<const Edge> pairs) {
      const NoGradient scoring;
      return score(embedding.dense(), pairs);
    };
  if (pretext.class_scores) outcome.class_scores = pretext.class_scores(data);
  outcome.code_length = pretext.code_length;
  outcome.own_scores = pretext.own_scores;
  return outcome;
}

Rng scoring_rng(std::uint64_t seed) { return Rng(seed).split("protocol"); }

// Lower is better. The pretext's closures share the parameters, so this speaks of them as they are when it is asked.
static std::function<double()> validate_of(const Pretext& pretext, const Batch& batch, const Validator& validator) {
  const bool accuracy = pretext.training.watch == "validation-accuracy";
  return [=, scores = pretext.class_scores] {
    const NoGradient validating;
    const Validation found = validator(scores(batch));
    return accuracy ? -found.accuracy : found.loss;
  };
}

static Options options_with(const Options::Values& given, std::uint64_t seed) {
  return Options(Rng(seed).split("method"), given);
}

// Parameters that would be others for the data set that is embedded have a row per node, or per class that was seen.
static void need_same_parameters(const Pretext& pretext, const Pretext& of_embedded, const Protocol& protocol) {
  for (const auto& [name, entry] : of_embedded.params.entries()) {
    const Matrix &needed = entry.var.value(), *had = nullptr;
    if (pretext.params.has(name)) had = &pretext.params.at(name).value();
    if (had && had->rows() == needed.rows() && had->cols() == needed.cols()) continue;
    throw Error(Fault::usage, fmt::format("protocol {} embeds nodes that training never saw, and \"{}\" of this method "
                                          "is made for the nodes it is trained on; choose a method that computes rows "
                                          "from features and edges, such as graphsage or dgi",
                                          protocol.id, name));
  }
}

static PreparedSeed prepare(const Method& method, const Dataset& data, const Protocol& protocol, const Options& options,
                            std::uint64_t seed) {
  const Rng scoring = scoring_rng(seed);
  Dataset view = protocol.view(data, scoring), embedded = view;
  Pretext pretext = method.make(view, options);
  Batch batch = pretext.prepare(view), rows = batch;
  if (protocol.embedded) {
    embedded = protocol.embedded(data, scoring);
    if (embedded.nodes() != view.nodes()) {
      need_same_parameters(pretext, method.make(embedded, options), protocol);
      rows = pretext.prepare(embedded);
    } else {
      expect(embedded.all.graph.edges() == view.all.graph.edges(), "Protocol::embedded: more nodes than the view");
    }
  }
  std::function<double()> validate;
  if (protocol.validator && pretext.class_scores && pretext.training.watch != "loss")
    validate = validate_of(pretext, batch, protocol.validator(data, scoring));
  return {std::move(view),
          std::move(embedded),
          std::move(pretext),
          std::move(batch),
          std::move(rows),
          options.asked(),
          options.learned(),
          std::move(validate),
          Rng(seed).split("training"),
          scoring};
}

PreparedSeed prepare_seed(const Method& method, const Dataset& data, const Protocol& protocol,
                          const Options::Values& given, std::uint64_t seed) {
  const Options options = options_with(given, seed);
  PreparedSeed ready = prepare(method, data, protocol, options, seed);
  options.refuse_unknown();
  return ready;
}

std::vector<std::pair<std::string, Scores>> control_scores(const Protocol& protocol, const Dataset& data,
                                                           const Dataset& embedded, const Pretext* untrained,
                                                           Rng scoring, const Announce& announce) {
  std::vector<std::pair<std::string, Scores>> scores;
  for (const std::string& name : protocol.controls) {
    const auto known = std::ranges::find(controls(), name, &Control::name);
    if (known == controls().end() && (name != "random" || !untrained || !untrained->trains())) continue;
    if (known != controls().end() && known->fits && !known->fits(embedded)) continue;
    announce(name);
    if (known != controls().end())
      scores.emplace_back(name, score_of(protocol, known->make(embedded, scoring.split(name)), data, scoring));
    else
      scores.emplace_back(
          name,
          score_of(protocol, outcome_of(*untrained, untrained->prepare(embedded), protocol.of_rows), data, scoring));
  }
  return scores;
}

void add_baseline(std::vector<std::pair<std::string, Scores>>& controls, const Method& method, const Dataset& data,
                  const Protocol& protocol, const std::vector<Options::Asked>& asked, std::uint64_t seed,
                  const Announce& announce) {
  if (!method.baseline || std::ranges::find(protocol.controls, "baseline") == protocol.controls.end()) return;
  const Method baseline = method.baseline();
  Options::Values values;
  for (const Options::Asked& o : asked) values[o.name] = o.value;
  announce(baseline.id);
  const PreparedSeed ready = prepare(baseline, data, protocol, options_with(values, seed), seed);
  pretrain(ready.pretext, ready.batch, ready.training, {.validate = ready.validate});
  controls.emplace_back(
      baseline.id, score_of(protocol, outcome_of(ready.pretext, ready.rows, protocol.of_rows), data, ready.scoring));
}

SeedResult run_seed(const Method& method, const Dataset& data, const Protocol& protocol, const Options::Values& given,
                    std::uint64_t seed, const Callbacks& callbacks, const Announce& announce) {
  SeedResult result;
  Stopwatch clock;
  const PreparedSeed ready = prepare_seed(method, data, protocol, given, seed);
  result.options = ready.options;
  result.prepare_seconds = clock.seconds();

  clock = {};
  result.controls = control_scores(protocol, data, ready.embedded, &ready.pretext, ready.scoring, announce);
  add_baseline(result.controls, method, data, protocol, ready.options, seed, announce);
  result.evaluate_seconds = clock.seconds();

  clock = {};
  Callbacks watching = callbacks;
  watching.validate = ready.validate;
  result.training = pretrain(ready.pretext, ready.batch, ready.training, watching);
  result.train_seconds = clock.seconds();

  clock = {};
  announce("trained");
  result.trained = score_of(protocol, outcome_of(ready.pretext, ready.rows, protocol.of_rows), data, ready.scoring);
  result.evaluate_seconds += clock.seconds();
  return result;
}

}  // namespace pfm
