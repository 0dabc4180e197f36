#include <pfm/kernels/stopwatch.h>
#include <pfm/selfsup/experiment.h>

#include <algorithm>

namespace pfm {

Outcome outcome_of(const Pretext& pretext, const Batch& data) {
  const NoGradient evaluating;
  const Var rows = pretext.encoder(data);  // perhaps a parameter itself (a table), so its value stays where it is
  const Features embedding(rows.value().clone());
  Outcome outcome{.embedding = embedding};
  if (pretext.pair_scores)
    outcome.pair_scores = [embedding, score = pretext.pair_scores](std::span<const Edge> pairs) {
      const NoGradient scoring;
      return score(embedding.dense(), pairs);
    };
  if (pretext.class_scores) outcome.class_scores = pretext.class_scores(data);
  return outcome;
}

Rng scoring_rng(std::uint64_t seed) { return Rng(seed).split("protocol"); }

PreparedSeed prepare_seed(const Method& method, const Dataset& data, const Protocol& protocol,
                          const Options::Values& given, std::uint64_t seed) {
  const Rng rng(seed), scoring = scoring_rng(seed);
  Dataset view = protocol.view(data, scoring);
  const Options options(rng.split("method"), given);
  Pretext pretext = method.make(view, options);
  options.refuse_unknown();
  Batch batch = pretext.prepare(view.all);
  return {std::move(view), std::move(pretext), std::move(batch), options.asked(), rng.split("training"), scoring};
}

std::vector<std::pair<std::string, Scores>> control_scores(const Protocol& protocol, const Dataset& data,
                                                           const Dataset& view, const Pretext* untrained, Rng scoring,
                                                           const Announce& announce) {
  std::vector<std::pair<std::string, Scores>> scores;
  for (const std::string& name : protocol.controls) {
    const auto known = std::ranges::find(controls(), name, &Control::name);
    if (known == controls().end() && !(untrained && untrained->trains())) continue;
    announce(name);
    if (known != controls().end())
      scores.emplace_back(name, protocol.score({known->embedding(view, scoring.split(name))}, data, scoring));
    else
      scores.emplace_back(name, protocol.score(outcome_of(*untrained, untrained->prepare(view.all)), data, scoring));
  }
  return scores;
}

SeedResult run_seed(const Method& method, const Dataset& data, const Protocol& protocol, const Options::Values& given,
                    std::uint64_t seed, const Callbacks& callbacks, const Announce& announce) {
  SeedResult result;
  Stopwatch clock;
  const PreparedSeed ready = prepare_seed(method, data, protocol, given, seed);
  result.options = ready.options;
  result.prepare_seconds = clock.seconds();

  clock = {};
  result.controls = control_scores(protocol, data, ready.view, &ready.pretext, ready.scoring, announce);
  result.evaluate_seconds = clock.seconds();

  clock = {};
  result.training = pretrain(ready.pretext, ready.batch, ready.training, callbacks);
  result.train_seconds = clock.seconds();

  clock = {};
  announce("trained");
  result.trained = protocol.score(outcome_of(ready.pretext, ready.batch), data, ready.scoring);
  result.evaluate_seconds += clock.seconds();
  return result;
}

}  // namespace pfm
