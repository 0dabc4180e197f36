// Many numbers of a stream at once.
#pragma once
#include <pfm/kernels/random.h>

namespace pfm {

// rng.uniform(first), rng.uniform(first + 1), .., `count` of them, at a fraction of the cost of one by one.
std::vector<double> uniforms(const Rng& rng, std::uint64_t first, std::size_t count);

}  // namespace pfm
