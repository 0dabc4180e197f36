// Which published figures recorded runs were held against: data/checked.tsv, which pfm report writes from records and
// the build compiles in.
#pragma once
#include <pfm/cli/records.h>

namespace pfm {

struct Checked {
  std::string method, data, protocol, metric;
  int seeds = 0;
  double mean = 0, deviation = 0;
  Published published;
  std::string verdict;  // Verdict as text
};
const std::vector<Checked>& checked();

// Whether the run has the settings of the method's preset for its data and protocol, none of them changed: only then is
// the published figure meant.
bool published_settings(const RunResult& run);

// The table of the main metrics of runs with published settings, a checksum in its first line.
std::string checked_table(const std::vector<RecordedRun>& runs);

}  // namespace pfm
