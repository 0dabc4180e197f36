// Runs something that may crash, hang or eat memory in a child process with limits.
#pragma once
#include <cstdint>
#include <functional>
#include <string>

namespace pfm::io {

struct Limits {
  std::int64_t memory = std::int64_t{1} << 30;  // bytes more than this process has now
  int cpu_seconds = 5;
  int wall_seconds = 20;
};

// "" if `body` returned "" in the child; else what it returned, or how the child ended. `body` must not start threads
// and its effects on memory are lost.
//
// The child is a plain fork: a library has no program of its own to execute. Only the forking thread lives on in it, so
// a lock that another thread held at that moment stays locked. glibc keeps malloc usable; a lock within libhdf5 held by
// another thread's call leads to the wall limit and thus to a refusal, not to a hang. Programs that read files from
// several threads at once check them one after the other.
std::string in_child(const Limits& limits, const std::function<std::string()>& body);

}  // namespace pfm::io
