#include <fmt/format.h>
#include <pfm/cli/output.h>
#include <pfm/cli/seeds.h>
#include <pfm/cli/signals.h>
#include <pfm/kernels/parallel.h>

namespace pfm {
namespace {

SeedResult watched(std::uint64_t seed, Monitor& monitor, const ComputeSeed& compute) {
  monitor.begin(fmt::format("seed {}", seed), seed);
  const auto stop_if_asked = [] {
    if (caught_signal()) throw Stopped{caught_signal()};
  };
  const Callbacks callbacks{.progress = [&](const Progress& progress) {
    monitor.step(progress);
    stop_if_asked();
    return true;
  }};
  const Announce announce = [&](const std::string& rows) {
    monitor.scoring(rows);
    stop_if_asked();
  };
  SeedResult result = compute(seed, callbacks, announce);
  monitor.end();
  stop_if_asked();
  return result;
}

void say_how_to_go_on(const Arguments& arguments, Monitor& monitor, const std::optional<Records>& records) {
  monitor.end();
  if (records)
    monitor.say(fmt::format("stopped; finished seeds are in {}", records->path()));
  else
    monitor.say("stopped; with --record DIR finished seeds would have been kept");
  monitor.say("go on with: " + shell_line(arguments.line));
}

}  // namespace

int run_seeds(const Arguments& arguments, Monitor& monitor, const RecordKey& key, std::uint64_t from,
              const ComputeSeed& compute) {
  std::optional<Records> records;
  if (const auto folder = arguments.text("record"))
    records.emplace(*folder, key, [&](const std::string& line) { monitor.say(line); });

  RunResult result{.method = key.method,
                   .data = key.data,
                   .preset = key.preset,
                   .protocol = key.protocol,
                   .options = key.options,
                   .published = key.published,
                   .pretrained = key.pretrained};
  result.threads = int(arguments.whole("threads", thread_count(), 1));
  const auto first = std::uint64_t(arguments.whole("seed", std::int64_t(from), 0)),
             count = std::uint64_t(arguments.whole("seeds", 1, 1));
  try {
    for (std::uint64_t seed = first; seed < first + count; ++seed) {
      std::optional<SeedResult> known = records ? records->find(seed) : std::nullopt;
      if (!known) {
        known = watched(seed, monitor, compute);
        if (records) records->add(seed, *known);
      } else {
        monitor.say(fmt::format("seed {}: recorded earlier", seed));
      }
      result.seeds.push_back({seed, std::move(*known)});
    }
  } catch (const Stopped&) {
    say_how_to_go_on(arguments, monitor, records);
    throw;
  }
  result.peak_rss_mb = peak_rss_mb();
  const std::string wrote = records ? fmt::format("records  {}\n", records->path()) : "";
  put_result(arguments, to_table(result) + wrote, to_json(result));
  return 0;
}

}  // namespace pfm
