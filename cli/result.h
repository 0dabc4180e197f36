// What a run found over its seeds, and its two outside forms: text and JSON.
#pragma once
#include <pfm/selfsup/experiment.h>

#include <optional>

namespace pfm {

struct SeedOutcome {
  std::uint64_t seed;
  SeedResult result;
};

// Which checkpoint finetuning started from.
struct Pretrained {
  std::string data, protocol;  // as its recipe names them
  std::uint64_t seed = 0;
  std::string checksum;  // of the file
};

struct RunResult {
  std::string method, data, preset, protocol;  // preset: "paper" or "none"
  std::vector<Options::Asked> options = {};
  std::optional<Published> published = {};    // only where preset and protocol are the paper's
  std::optional<Pretrained> pretrained = {};  // of finetuning
  std::vector<SeedOutcome> seeds = {};
  double peak_rss_mb = 0;
  int threads = 0;
};

struct Spread {
  std::vector<double> values = {};
  double mean = 0, std = 0;  // std: of a sample, 0 for one value
};
Spread spread(std::vector<double> values);

struct MetricSummary {
  std::string metric;
  Spread trained = {};
  std::vector<std::pair<std::string, Spread>> controls = {};
  std::string over = {};  // the best control; "" where there is none
  Spread gain = {};       // trained minus that control, paired by seed; for losses the other way round
};
std::vector<MetricSummary> summarise(const std::vector<SeedOutcome>& seeds);  // the protocol's main metric first

// What the seeds say of a published figure. It is reached where the mean lies at most the published deviation short of
// it, or the seeds' own where none was published; and something was learned where the 95 % interval of the mean gain
// over the best control (Student's t) lies above 0. One seed says nothing of that.
struct Verdict {
  bool reached, above;
  int seeds;
  bool met() const { return reached && above; }
};
Verdict verdict(const MetricSummary& found, const Published& published);
// "met", "short", "not above a2", both, "no verdict"
std::string to_text(const Verdict& verdict, const std::string& over);

std::string seeds_text(const std::vector<SeedOutcome>& seeds);  // "0 .. 9", "3, 5"
std::string to_table(const RunResult& result);
std::string to_json(const RunResult& result);  // one object, keys as docs/commands.md lists them

}  // namespace pfm
