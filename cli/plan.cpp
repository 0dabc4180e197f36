// Training is planned by its first steps and one evaluation, done for real: the pool then holds what the whole job
// holds. An edge list is planned by going over the file once.
#include <fmt/format.h>
#include <pfm/cli/choice.h>
#include <pfm/cli/convert.h>
#include <pfm/cli/json.h>
#include <pfm/cli/output.h>
#include <pfm/cli/plan.h>
#include <pfm/cli/verbs.h>
#include <pfm/io/edge_list.h>
#include <pfm/kernels/error.h>
#include <pfm/kernels/parallel.h>
#include <pfm/kernels/stopwatch.h>
#include <pfm/selfsup/experiment.h>

#include <algorithm>
#include <cmath>

namespace pfm {
namespace {

struct Plan {
  double memory_mb = 0, disk_mb = 0;
  std::int64_t seeds = 1, steps = 0;              // steps: of each seed's training, at most
  double seconds_beside = 0, seconds_a_step = 0;  // of a seed: all but training; one step
  std::string basis = {};                         // what was measured
  double seconds() const { return double(seeds) * (seconds_beside + double(steps) * seconds_a_step); }
};

std::string duration(double seconds) {
  return seconds < 100 ? fmt::format("{:.2g} s", seconds) : fmt::format("{:.0f} min", std::ceil(seconds / 60));
}

int put_plan(const Arguments& arguments, const Plan& plan) {
  std::string text = fmt::format("memory   {:.0f} MB at most\ndisk     {:.1f} MB\ntime     {} at most, {} threads\n",
                                 plan.memory_mb, plan.disk_mb, duration(plan.seconds()), thread_count());
  if (plan.steps > 0)
    text += fmt::format("         {} steps of {}, fewer where training stops by itself\n", plan.seeds * plan.steps,
                        duration(plan.seconds_a_step));
  put_result(arguments, text + fmt::format("measured {}\n", plan.basis),
             dump({{"memory_mb", plan.memory_mb},
                   {"disk_mb", plan.disk_mb},
                   {"seconds", plan.seconds()},
                   {"seeds", plan.seeds},
                   {"steps", plan.steps},
                   {"seconds_beside", plan.seconds_beside},
                   {"seconds_a_step", plan.seconds_a_step},
                   {"basis", plan.basis}}));
  return 0;
}

// Stops a training after some steps: enough for a clock, few enough to wait for.
class FirstSteps {
 public:
  Callbacks callbacks() {
    return {.progress = [this](const Progress& progress) { return more(progress); }};
  }
  double seconds_a_step() const { return a_step_; }
  std::int64_t done() const { return done_; }
  std::int64_t steps() const { return steps_; }  // of the whole training

 private:
  bool more(const Progress& progress) {
    if (done_++ == 0) clock_ = {};  // the first step also fills caches
    if (done_ > 1) a_step_ = clock_.seconds() / double(done_ - 1);
    steps_ = progress.steps;
    return done_ < 4 || (done_ < 40 && clock_.seconds() < 2);
  }
  Stopwatch clock_;
  double a_step_ = 0;
  std::int64_t done_ = 0, steps_ = 0;
};

double checkpoint_mb(const Params& params) {
  Offset numbers = 0;
  for (const auto& [name, entry] : params.entries()) numbers += entry.var.value().size();
  return double(numbers) * sizeof(Real) / 1e6;
}

}  // namespace

int plan(const Arguments&) { throw Error(Fault::usage, "plan: the verb comes first, as in: pfm plan run dgi cora"); }

int plan_run(const Arguments& arguments) {
  Monitor monitor(arguments);
  const Choice choice = choose(arguments, monitor);
  const auto first = std::uint64_t(arguments.whole("seed", 0, 0));
  Plan plan{.seeds = arguments.whole("seeds", 1, 1)};
  std::int64_t done = 0;
  const std::int64_t trials = std::min<std::int64_t>(plan.seeds, 2);  // a second seed meets the first one's pool
  for (std::int64_t trial = 0; trial < trials; ++trial) {
    FirstSteps begin;
    const SeedResult result = run_seed(*choice.method, choice.data, *choice.protocol, choice.options,
                                       first + std::uint64_t(trial), begin.callbacks());
    plan.seconds_beside = result.prepare_seconds + result.evaluate_seconds;
    plan.steps = begin.steps(), plan.seconds_a_step = begin.seconds_a_step();
    done += begin.done();
  }
  plan.memory_mb = peak_rss_mb();
  plan.basis = fmt::format("{} steps and {} evaluation{} of {}", done, trials, trials > 1 ? "s" : "", choice.about());
  return put_plan(arguments, plan);
}

int plan_pretrain(const Arguments& arguments) {
  Monitor monitor(arguments);
  const Choice choice = choose(arguments, monitor);
  const auto seed = std::uint64_t(arguments.whole("seed", 0, 0));
  const PreparedSeed ready = prepare_seed(*choice.method, choice.data, *choice.protocol, choice.options, seed);
  FirstSteps begin;
  Callbacks callbacks = begin.callbacks();
  callbacks.validate = ready.validate;
  pretrain(ready.pretext, ready.batch, ready.training, callbacks);
  Plan plan{.memory_mb = peak_rss_mb(), .steps = begin.steps(), .seconds_a_step = begin.seconds_a_step()};
  // The last checkpoint is still there while the next one, or the model, is written.
  plan.disk_mb = 2 * checkpoint_mb(ready.pretext.params);
  plan.basis = fmt::format("{} steps of {}", begin.done(), choice.about());
  return put_plan(arguments, plan);
}

int plan_convert(const Arguments& arguments) {
  const ConvertJob job = convert_job(arguments);
  if (job.format->id != std::string("edgelist"))
    throw Error(Fault::usage, fmt::format("plan convert: only edgelist can be judged without reading it whole, got {}; "
                                          "other formats take about four times their text",
                                          job.format->id));
  const double before = peak_rss_mb();
  const Stopwatch clock;
  const auto needs = io::needs_of_edge_list(job.inputs, job.rules, thread_count());
  if (!needs)
    throw Error(Fault::usage,
                "plan convert: only ids that are whole numbers, with columns source, target and weight, can "
                "be judged without reading the file whole");
  const double once = clock.seconds(), written_a_second = 5e8;
  return put_plan(arguments, {.memory_mb = before + double(needs->memory) / 1e6,
                              .disk_mb = double(needs->file) / 1e6,
                              .seconds_beside = 3 * once + double(needs->file) / written_a_second,
                              .basis = fmt::format("{} edges between {} nodes", needs->lines, needs->nodes)});
}

}  // namespace pfm
