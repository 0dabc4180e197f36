// New numbers for the nodes of a batch, in the order they are met.
#pragma once
#include <pfm/kernels/growing.h>
#include <pfm/kernels/matrix.h>

namespace pfm {

// 8 bytes a node of the data set. What it knew is forgotten in O(1): an entry counts only if it is stamped with the
// batch at hand.
class Relabelling {
 public:
  void begin(NodeId nodes) {
    places_.grow_to(std::size_t(nodes));
    if (++batch_ == 0) {  // after 2^32 batches
      for (std::size_t i = 0; i < places_.size(); ++i) places_.data()[i] = {};
      batch_ = 1;
    }
  }
  void expect(NodeId node) const { __builtin_prefetch(places_.data() + node, 1); }
  // The number of `node`; `next` where it is met for the first time.
  NodeId number(NodeId node, NodeId next) {
    Place& place = places_.data()[node];
    const NodeId met = -NodeId(place.batch == batch_);  // all bits or none: no branch could be foretold
    const NodeId is = (place.number & met) | (next & ~met);
    place = {batch_, is};
    return is;
  }
  // -1: not met yet.
  NodeId find(NodeId node) const {
    const Place& place = places_.data()[node];
    return place.batch == batch_ ? place.number : -1;
  }

 private:
  struct Place {
    std::uint32_t batch = 0;
    NodeId number = 0;
  };
  Growing<Place> places_;
  std::uint32_t batch_ = 0;
};

}  // namespace pfm
