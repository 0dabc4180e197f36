// One step of colour refinement (Weisfeiler & Leman 1968).
#pragma once
#include <pfm/kernels/sparse.h>

namespace pfm {

// Numbers for things in the order in which they come, equal ones the same.
class Numbering {
 public:
  explicit Numbering(Offset things);

  // equal(k): whether this thing equals the first one of number k.
  template <class Equal>
  NodeId number(std::uint64_t hash, Equal equal) {
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t slot = hash & mask;; slot = (slot + 1) & mask) {
      NodeId& known = slots_[slot];
      if (known < 0) {
        hashes_.push_back(hash);
        return known = NodeId(hashes_.size()) - 1;
      }
      if (hashes_[known] == hash && equal(known)) return known;
    }
  }

 private:
  std::vector<NodeId> slots_;  // numbers, -1 = free
  std::vector<std::uint64_t> hashes_;
};

inline std::uint64_t mixed(std::uint64_t hash, std::uint64_t word) {
  hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
  return hash ^ (hash >> 32);
}

// Two nodes are of one kind if they were before and if what flows into them is of the same kinds, as often each. Kinds
// are numbered by their first nodes.
struct Refined {
  std::vector<NodeId> of;          // [N] the kind of each node
  std::vector<NodeId> own;         // [C] what a kind's nodes were before
  std::vector<Offset> offsets{0};  // [C + 1] ranges of
  std::vector<NodeId> sources;     // the kinds that flow into each kind, ascending
  std::vector<Offset> count;       // [C] how many nodes are of each kind
};

// incoming [N, N]: row = target, values do not count; before [N]. Linear in the entries, but for sorting each row's.
Refined refined(const CsrView& incoming, std::span<const NodeId> before);

}  // namespace pfm
