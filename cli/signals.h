// Ctrl-C and SIGTERM. They end the program at once, until a verb that can stop half-way takes them as a flag, which
// training asks after every step; a second one ends the program at once then too.
//
// No handler runs on a thread that computes: oneDNN's products keep other things where the stack pointer points, and a
// handler's frame there would overwrite them (oneDNN before 3.12). A thread of its own waits for the signals instead.
#pragma once

namespace pfm {

// Thrown where the work is given up half-way and nothing of it is kept.
struct Stopped {
  int signal;
};

void watch_signals();  // once, before any other thread starts
void take_signals();   // from now on the first one is left to caught_signal()
int caught_signal();   // SIGINT, SIGTERM or 0

}  // namespace pfm
