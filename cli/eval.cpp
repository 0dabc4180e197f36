// pfm eval M|E DATA: the evaluation alone, beside the same controls.
#include <fmt/format.h>
#include <pfm/cli/catalogue.h>
#include <pfm/cli/data.h>
#include <pfm/cli/model.h>
#include <pfm/cli/monitor.h>
#include <pfm/cli/output.h>
#include <pfm/cli/result.h>
#include <pfm/cli/verbs.h>
#include <pfm/kernels/error.h>
#include <pfm/kernels/parallel.h>
#include <pfm/selfsup/experiment.h>

#include <chrono>

namespace pfm {
namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// An encoder that saw held-out edges, or other ones held out, would be scored on what it knows.
void refuse_leak(const Recipe& recipe, const Protocol& protocol, std::uint64_t seed, const std::string& path) {
  if (protocol.task != Task::link || (recipe.protocol == protocol.id && recipe.seed == seed)) return;
  throw Error(Fault::input,
              fmt::format("{}: was pretrained with protocol {} and seed {}, so it may have seen the test edges of {} "
                          "with seed {}; pretrain it with --protocol {} and the same --seed",
                          path, recipe.protocol, recipe.seed, protocol.id, seed, protocol.id));
}

SeedResult score_model(const Checkpoint& checkpoint, const std::string& path, const Dataset& data,
                       const Protocol& protocol, std::uint64_t seed) {
  refuse_leak(checkpoint.recipe(), protocol, seed, path);
  const Method& method = method_of(checkpoint.recipe(), path);
  auto start = std::chrono::steady_clock::now();
  const PreparedSeed ready = prepare_seed(method, data, protocol, checkpoint.recipe().options, seed);
  SeedResult result;
  result.options = ready.options;
  result.prepare_seconds = seconds_since(start);
  start = std::chrono::steady_clock::now();
  result.controls = control_scores(protocol, data, ready.view, &ready.pretext, ready.scoring);
  checkpoint.restore(ready.pretext.params);
  result.trained = protocol.score(outcome_of(ready.pretext, ready.batch), data, ready.scoring);
  result.evaluate_seconds = seconds_since(start);
  return result;
}

}  // namespace

int eval(const Arguments& arguments) {
  Monitor monitor(arguments);
  const std::string& path = arguments.words[0];
  const auto asked = arguments.text("protocol");
  const Checkpoint checkpoint(path);
  const Dataset data = open_data(arguments.words[1], monitor);
  const Protocol& chosen = protocol(asked.value_or(checkpoint.recipe().protocol));
  monitor.say(fmt::format("{} ({}) on {}: protocol {}", path, checkpoint.recipe().method, data.name, chosen.id));
  RunResult result{.method = checkpoint.recipe().method, .data = data.name, .preset = "none", .protocol = chosen.id};
  const auto first = std::uint64_t(arguments.whole("seed", std::int64_t(checkpoint.recipe().seed), 0));
  const auto count = std::uint64_t(arguments.whole("seeds", 1, 1));
  for (std::uint64_t seed = first; seed < first + count; ++seed)
    result.seeds.push_back({seed, score_model(checkpoint, path, data, chosen, seed)});
  result.options = result.seeds.front().result.options;
  result.threads = int(arguments.whole("threads", thread_count(), 1));
  result.peak_rss_mb = peak_rss_mb();
  put_result(arguments, to_table(result), to_json(result));
  return 0;
}

}  // namespace pfm
