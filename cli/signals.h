// Ctrl-C and SIGTERM as a flag that training asks after every step. A second one ends the program at once.
#pragma once

namespace pfm {

// Thrown where the work is given up half-way and nothing of it is kept.
struct Stopped {
  int signal;
};

void watch_signals();
int caught_signal();  // SIGINT, SIGTERM or 0

}  // namespace pfm
