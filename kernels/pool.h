// Memory of matrices. Blocks are 64-byte aligned and kept for reuse, because a training step asks for the same sizes
// again and again and mapping fresh pages costs as much as computing on them. What is kept and what is in use stay
// below 3/2 of the most that was in use since the last trim(), or below that and 96 MiB.
#pragma once
#include <cstddef>

namespace pfm::pool {

// At least `bytes` bytes, contents undefined (signalling NaN in debug builds). Throws std::bad_alloc. Thread-safe.
void* acquire(std::size_t bytes);

// Takes back a block of acquire() with the same `bytes`. Thread-safe.
void release(void* block, std::size_t bytes) noexcept;

// Gives every kept block back to the system.
void trim() noexcept;

// Bytes kept for reuse at this moment.
std::size_t kept() noexcept;

}  // namespace pfm::pool
