#include <pfm/cli/signals.h>

#include <csignal>
#include <initializer_list>

namespace pfm {

static volatile std::sig_atomic_t caught = 0;

void watch_signals() {
  struct sigaction action = {};
  action.sa_handler = [](int signal) { caught = signal; };
  action.sa_flags = SA_RESETHAND | SA_RESTART;
  for (int signal : {SIGINT, SIGTERM}) sigaction(signal, &action, nullptr);
}

int caught_signal() { return caught; }

}  // namespace pfm
