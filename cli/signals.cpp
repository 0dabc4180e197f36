#include <pfm/cli/signals.h>
#include <pthread.h>

#include <atomic>
#include <csignal>

namespace pfm {
namespace {

std::atomic<bool> taken = false;
std::atomic<int> caught = 0;

void end_by(int signal, const sigset_t& watched) {
  std::signal(signal, SIG_DFL);
  pthread_sigmask(SIG_UNBLOCK, &watched, nullptr);
  std::raise(signal);
}

void watch(const sigset_t& watched) {
  for (int signal = 0; sigwait(&watched, &signal) == 0;)
    if (!taken || caught.exchange(signal) != 0) end_by(signal, watched);
}

}  // namespace

void watch_signals() {
  static sigset_t watched;
  sigemptyset(&watched);
  for (int signal : {SIGINT, SIGTERM}) sigaddset(&watched, signal);
  pthread_sigmask(SIG_BLOCK, &watched, nullptr);
  pthread_attr_t small;  // a stack counts as memory of the program
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, 1 << 16);
  pthread_attr_setdetachstate(&small, PTHREAD_CREATE_DETACHED);
  pthread_t watcher;
  const auto work = [](void*) -> void* { return watch(watched), nullptr; };
  if (pthread_create(&watcher, &small, work, nullptr) != 0) pthread_sigmask(SIG_UNBLOCK, &watched, nullptr);
  pthread_attr_destroy(&small);
}

void take_signals() { taken = true; }

int caught_signal() { return caught; }

}  // namespace pfm
