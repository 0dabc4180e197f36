#include <fmt/format.h>
#include <pfm/cli/monitor.h>
#include <pfm/kernels/error.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmath>
#include <fstream>

namespace pfm {

double rss_mb() {
  std::ifstream statm("/proc/self/statm");
  double total = 0, resident = 0;
  statm >> total >> resident;
  return resident * double(sysconf(_SC_PAGESIZE)) / 1e6;
}

double peak_rss_mb() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return double(usage.ru_maxrss) * 1024 / 1e6;
}

Monitor::Monitor(const Arguments& arguments)
    : quiet_(arguments.has("quiet")),
      bar_(!quiet_ && isatty(STDERR_FILENO)),
      log_path_(arguments.text("log").value_or("")) {
  if (log_path_.empty()) return;
  log_.reset(std::fopen(log_path_.c_str(), "w"));
  if (!log_) throw Error(Fault::writing, fmt::format("{}: cannot be opened for writing the log", log_path_));
}

void Monitor::say(const std::string& line) {
  if (!quiet_) fmt::print(stderr, "{}\n", line);
}

void Monitor::begin(const std::string& label, std::uint64_t seed) { label_ = label, seed_ = seed, first_step_ = -1; }

void Monitor::step(const Progress& p) {
  const auto now = Clock::now();
  if (first_step_ < 0) first_step_ = p.step, start_ = drawn_ = now;  // the controls were scored before it
  if (log_) {
    const double seconds = std::chrono::duration<double>(now - start_).count();
    fmt::print(log_.get(), "{{\"seed\":{},\"step\":{},\"loss\":{},\"seconds\":{:.4f}}}\n", seed_, p.step, p.loss,
               seconds);
    if (std::fflush(log_.get()) != 0) throw Error(Fault::writing, fmt::format("{}: writing the log failed", log_path_));
  }
  if (bar_ && now - drawn_ > std::chrono::milliseconds(100)) drawn_ = now, draw(p);
}

void Monitor::draw(const Progress& p) {
  constexpr int width = 24;
  const double seconds = std::chrono::duration<double>(drawn_ - start_).count();
  const double speed = double(p.step - first_step_) / seconds;
  const auto left = std::int64_t(std::ceil(double(p.steps - p.step) / speed));
  const auto filled = std::size_t(width * p.step / std::max<std::int64_t>(1, p.steps));
  fmt::print(stderr, "\r{} [{:.<{}}] {}/{}  loss {:.4f}  {:.1f} steps/s  at most {}:{:02} left  {:.0f} MB\x1b[K",
             label_, std::string(filled, '#'), width, p.step, p.steps, p.loss, speed, left / 60, left % 60, rss_mb());
  std::fflush(stderr);
}

void Monitor::scoring(const std::string& rows) {
  if (!bar_) return;
  fmt::print(stderr, "\r{} scoring {}\x1b[K", label_, rows);
  std::fflush(stderr);
}

void Monitor::end() {
  if (bar_) fmt::print(stderr, "\r\x1b[K");
}

}  // namespace pfm
