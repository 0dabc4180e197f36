// What the memory of this machine gives, to judge kernels that are bound by it.
#pragma once

namespace pfm {

// Bytes per second that one thread reads from memory far larger than the caches: the best of a few passes, measured
// once.
double read_bandwidth();

}  // namespace pfm
