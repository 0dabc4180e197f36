// pfm eval M|E DATA: the evaluation alone, beside the same controls.
#include <fmt/format.h>
#include <pfm/cli/data.h>
#include <pfm/cli/model.h>
#include <pfm/cli/monitor.h>
#include <pfm/cli/output.h>
#include <pfm/cli/result.h>
#include <pfm/cli/verbs.h>
#include <pfm/io/embedding.h>
#include <pfm/kernels/error.h>
#include <pfm/kernels/parallel.h>
#include <pfm/kernels/stopwatch.h>
#include <pfm/selfsup/experiment.h>

namespace pfm {
namespace {

SeedResult score_model(const Checkpoint& checkpoint, const std::string& path, const Dataset& data,
                       const Protocol& protocol, std::uint64_t seed, const Announce& announce) {
  refuse_leak(checkpoint.recipe(), data, protocol, seed, path);
  const Method& method = method_of(checkpoint.recipe(), path);
  Stopwatch clock;
  const PreparedSeed ready = prepare_seed(method, data, protocol, checkpoint.recipe().options, seed);
  if (ready.pretext.class_scores) refuse_known_labels(checkpoint.recipe(), data, protocol, seed, path);
  SeedResult result;
  result.options = ready.options;
  result.prepare_seconds = clock.seconds();
  clock = {};
  result.controls = control_scores(protocol, data, ready.embedded, &ready.pretext, ready.scoring, announce);
  add_baseline(result.controls, method, data, protocol, ready.options, seed, announce);
  checkpoint.restore(ready.pretext.params);
  announce("trained");
  result.trained = score_of(protocol, outcome_of(ready.pretext, ready.rows), data, ready.scoring);
  result.evaluate_seconds = clock.seconds();
  return result;
}

SeedResult score_rows(const Features& rows, const Dataset& data, const Protocol& protocol, std::uint64_t seed,
                      const Announce& announce) {
  const Stopwatch clock;
  const Rng scoring = scoring_rng(seed);
  SeedResult result;
  const auto& embedded = protocol.embedded ? protocol.embedded : protocol.view;
  result.controls = control_scores(protocol, data, embedded(data, scoring), nullptr, scoring, announce);
  announce("trained");
  result.trained = score_of(protocol, {rows}, data, scoring);
  result.evaluate_seconds = clock.seconds();
  return result;
}

bool is_embedding(const std::string& path) {
  return path.ends_with(".h5") || path.ends_with(".npy") || path.ends_with(".txt");
}

Features rows_for(const Dataset& data, const std::string& path) {
  Features rows(io::read_embedding(path).rows);
  if (rows.rows() != data.nodes() && rows.rows() != data.graphs())
    throw Error(Fault::input, fmt::format("{}: has {} rows, expected one per node ({}) or per graph ({}) of {}", path,
                                          rows.rows(), data.nodes(), data.graphs(), data.name));
  return rows;
}

// `score` for every seed of --seed and --seeds, printed.
template <class Score>
int scored(const Arguments& arguments, Monitor& monitor, RunResult result, std::uint64_t fallback, Score score) {
  const auto first = std::uint64_t(arguments.whole("seed", std::int64_t(fallback), 0));
  const auto count = std::uint64_t(arguments.whole("seeds", 1, 1));
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    monitor.begin(fmt::format("seed {}", seed), seed);
    result.seeds.push_back({seed, score(seed, [&](const std::string& rows) { monitor.scoring(rows); })});
    monitor.end();
  }
  result.options = result.seeds.front().result.options;
  result.threads = int(arguments.whole("threads", thread_count(), 1));
  result.peak_rss_mb = peak_rss_mb();
  put_result(arguments, to_table(result), to_json(result));
  return 0;
}

int eval_model(const Arguments& arguments, const std::string& path, Monitor& monitor) {
  const Checkpoint checkpoint(path);
  const Recipe& recipe = checkpoint.recipe();
  const Protocol& chosen = protocol(arguments.text("protocol").value_or(recipe.protocol));
  const Dataset data = open_data(arguments, 1, monitor);
  monitor.say(fmt::format("{} ({}) on {}: protocol {}", path, recipe.method, data.name, chosen.id));
  return scored(arguments, monitor,
                {.method = recipe.method, .data = data.name, .preset = "none", .protocol = chosen.id}, recipe.seed,
                [&](std::uint64_t seed, const Announce& announce) {
                  return score_model(checkpoint, path, data, chosen, seed, announce);
                });
}

int eval_embedding(const Arguments& arguments, const std::string& path, Monitor& monitor) {
  const auto asked = arguments.text("protocol");
  if (asked) protocol(*asked);  // a wrong word is refused before the data are read
  const Dataset data = open_data(arguments, 1, monitor);
  const Protocol& chosen = asked ? protocol(*asked) : default_protocol(data);
  const Features rows = rows_for(data, path);
  monitor.say(fmt::format("{} on {}: protocol {}; no untrained encoder to compare with", path, data.name, chosen.id));
  if (holds_out(chosen, data))
    monitor.say("whether these rows know what is held out is not known: pretrain with the same --protocol and --seed");
  return scored(
      arguments, monitor, {.method = "embedding", .data = data.name, .preset = "none", .protocol = chosen.id}, 0,
      [&](std::uint64_t seed, const Announce& announce) { return score_rows(rows, data, chosen, seed, announce); });
}

}  // namespace

int eval(const Arguments& arguments) {
  Monitor monitor(arguments);
  const std::string& path = arguments.words[0];
  return is_embedding(path) ? eval_embedding(arguments, path, monitor) : eval_model(arguments, path, monitor);
}

}  // namespace pfm
