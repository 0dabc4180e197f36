#include <fcntl.h>
#include <fmt/format.h>
#include <pfm/io/limited_child.h>
#include <pfm/kernels/error.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>

namespace pfm::io {
namespace {

constexpr std::string_view fine = "\n";  // the child's last word when all is well; a refusal is a text without it

std::int64_t address_space() {
  long pages = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "re")) {
    if (std::fscanf(file, "%ld", &pages) != 1) pages = 0;
    std::fclose(file);
  }
  return std::int64_t(pages) * ::sysconf(_SC_PAGESIZE);
}

void limit(int what, std::int64_t most) {
  rlimit now{};
  ::getrlimit(__rlimit_resource_t(what), &now);
  const rlim_t wanted = std::min<rlim_t>(rlim_t(most), now.rlim_max);
  const rlimit set{wanted, wanted};
  ::setrlimit(__rlimit_resource_t(what), &set);
}

[[noreturn]] void run_child(int to_parent, const Limits& limits, const std::function<std::string()>& body) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGXCPU, SIGINT, SIGTERM}) ::signal(signal, SIG_DFL);
  const int null = ::open("/dev/null", O_RDWR);
  if (null >= 0) ::dup2(null, STDOUT_FILENO), ::dup2(null, STDERR_FILENO);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_AS, address_space() + limits.memory);
  limit(RLIMIT_CPU, limits.cpu_seconds);
  std::string verdict;
  try {
    verdict = body();
  } catch (const std::bad_alloc&) {
    verdict = "it needs more memory than its size allows";
  } catch (const std::exception& error) {
    verdict = error.what();
  }
  if (verdict.empty()) verdict = fine;
  verdict.resize(std::min<std::size_t>(verdict.size(), PIPE_BUF));  // one write that cannot block
  if (::write(to_parent, verdict.data(), verdict.size()) < 0) ::_exit(1);
  ::_exit(0);
}

// What the child says before it ends or the time is over.
std::string listen(int from_child, int seconds) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::seconds(seconds);
  std::string said;
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
    pollfd wait{from_child, POLLIN, 0};
    const int ready = left > 0 ? ::poll(&wait, 1, int(left)) : 0;
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return "reading it takes too long";
    char buffer[PIPE_BUF];
    const ssize_t got = ::read(from_child, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return said.empty() ? "reading it ends in a crash or beyond its limits of memory and time" : said;
    said.append(buffer, got);
  }
}

}  // namespace

std::string in_child(const Limits& limits, const std::function<std::string()>& body) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw Error(Fault::memory, fmt::format("no pipe: {}", std::strerror(errno)));
  const pid_t child = ::fork();
  if (child == 0) run_child(ends[1], limits, body);
  const int error = errno;
  ::close(ends[1]);
  if (child < 0) {
    ::close(ends[0]);
    throw Error(Fault::memory, fmt::format("no child process to check a file in: {}", std::strerror(error)));
  }
  std::string said = listen(ends[0], limits.wall_seconds);
  ::close(ends[0]);
  ::kill(child, SIGKILL);
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
  return said == fine ? "" : said;
}

}  // namespace pfm::io
