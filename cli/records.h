// Finished parts of experiments on disk: one JSON line per seed and part (the trained encoder, each control), with a
// checksum, appended and flushed to the disk. The same command finds its own lines and computes only what is missing.
#pragma once
#include <pfm/cli/result.h>

namespace pfm {

// Which experiment a line belongs to: everything that changes its numbers.
struct RecordKey {
  std::string method, data, data_checksum, preset, protocol;
  std::vector<Options::Asked> options = {};
  std::optional<Published> published = {};
  std::optional<Pretrained> pretrained = {};
  std::string command = {};  // as recorded_line() has it; not part of the identity
};

class Records {
 public:
  // Reads DIR, which is made where it is missing. `warn` hears of broken lines; a broken last one is cut off.
  Records(std::string folder, RecordKey key, const std::function<void(const std::string&)>& warn);

  std::optional<SeedResult> find(std::uint64_t seed) const;  // complete seeds only
  void add(std::uint64_t seed, const SeedResult& result);    // Error (writing)
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  RecordKey key_;
  std::map<std::uint64_t, SeedResult> known_;
};

struct RecordedRun {
  RunResult result;
  std::vector<std::string> commands;  // that wrote its lines, each once
};
// Every experiment of the folder with its complete seeds, in the order of its file names.
std::vector<RecordedRun> read_records(const std::string& folder, const std::function<void(const std::string&)>& warn);

}  // namespace pfm
