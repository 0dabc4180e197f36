#include <pfm/selfsup/experiment.h>

#include <algorithm>
#include <chrono>

namespace pfm {

static double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

Outcome outcome_of(const Pretext& pretext, const Batch& data) {
  const NoGradient evaluating;
  Var rows = pretext.encoder(data);
  return {Features(std::move(rows.value())), pretext.pair_scores,
          pretext.class_scores ? pretext.class_scores(data) : Matrix()};
}

SeedResult run_seed(const Method& method, const Dataset& data, const Protocol& protocol, const Options::Values& given,
                    std::uint64_t seed, const Callbacks& callbacks) {
  const Rng rng(seed), score_rng = rng.split("protocol");
  SeedResult result;
  auto start = std::chrono::steady_clock::now();
  const Dataset view = protocol.view(data, score_rng);
  const Options options(rng.split("method"), given);
  const Pretext pretext = method.make(view, options);
  options.refuse_unknown();
  result.options = options.asked();
  const Batch batch = pretext.prepare(view.all);
  result.prepare_seconds = seconds_since(start);

  auto scored = [&](const Outcome& outcome) {
    start = std::chrono::steady_clock::now();
    Scores scores = protocol.score(outcome, data, score_rng);
    result.evaluate_seconds += seconds_since(start);
    return scores;
  };
  for (const std::string& name : protocol.controls) {
    const auto known = std::ranges::find(controls(), name, &Control::name);
    result.controls.emplace_back(
        name, scored(known != controls().end() ? Outcome{known->embedding(view)} : outcome_of(pretext, batch)));
  }
  start = std::chrono::steady_clock::now();
  result.training = pretrain(pretext, batch, rng.split("training"), callbacks);
  result.train_seconds = seconds_since(start);
  result.trained = scored(outcome_of(pretext, batch));
  return result;
}

}  // namespace pfm
