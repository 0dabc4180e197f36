// What a user sees while training runs: a bar on a terminal, lines in the file of --log.
#pragma once
#include <pfm/cli/arguments.h>
#include <pfm/selfsup/pretrain.h>

#include <chrono>
#include <cstdio>
#include <memory>

namespace pfm {

class Monitor {
 public:
  explicit Monitor(const Arguments& arguments);  // Error (writing): the log file cannot be opened

  void say(const std::string& line);                         // to standard error, unless --quiet
  void begin(const std::string& label, std::uint64_t seed);  // a training starts
  void step(const Progress& progress);                       // Error (writing): the log cannot be written
  void scoring(const std::string& rows);                     // shows on a terminal what is scored now
  void end();                                                // removes the bar

 private:
  using Clock = std::chrono::steady_clock;
  void draw(const Progress& progress);
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  bool quiet_, bar_;
  std::string log_path_, label_;
  std::unique_ptr<std::FILE, Close> log_;
  std::uint64_t seed_ = 0;
  std::int64_t first_step_ = -1;
  Clock::time_point start_, drawn_;
};

double rss_mb();       // resident memory now
double peak_rss_mb();  // at most so far

}  // namespace pfm
