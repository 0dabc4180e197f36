// Some of the edges into each node.
#pragma once
#include <pfm/kernels/growing.h>
#include <pfm/kernels/random.h>
#include <pfm/kernels/sparse.h>

#include <memory>
#include <vector>

namespace pfm {

// Of the nodes asked for, one after the other, the entries that were chosen.
struct ChosenEdges {
  std::vector<Offset> entries;
  std::vector<NodeId> sources;  // of the entries, as far as they were read
  std::vector<Offset> ends;     // [nodes asked for]
  void clear() { entries.clear(), sources.clear(), ends.clear(); }
};

// What choosing needs besides; kept from one time to the next.
struct EdgeChoiceWork {
  std::vector<Words> words;  // blocks of a node after the other's
  Offset blocks = 0;
  std::vector<Offset> looked;
  std::vector<std::uint64_t> taken;  // a bit per place of a row, all 0 between rows
  struct Racer {
    double time;
    Offset place;
  };
  std::vector<Racer> racers;
};

// `count` of a row's entries: uniformly, or in proportion to their values; with replacement, or else different ones,
// all of them where there are no more. Copies share.
//   uniform, different: Floyd's algorithm (Bentley and Floyd 1987), every set is equally likely; O(count) a row.
//   weighted, different: one after the other in proportion to what is left (the law of Efraimidis and Spirakis 2006).
//     Drawing from an alias table and passing over what was drawn already has that law. Since what is still to come
//     does not depend on how long that took, after 4 count draws the rest is decided by a race in O(row) instead: the
//     first to arrive at exponential times of rate `value`.
// Entries of value 0 are not chosen by value.
class EdgeChoice {
 public:
  struct How {
    bool weighted = false, replace = false;
  };
  // Weighted: 16 bytes an entry beside the matrix, of which a draw reads one cache line and nothing else. Values finite
  // and not negative.
  EdgeChoice(Sparse rows, How how);

  const Sparse& rows() const { return rows_; }
  void expect_row(NodeId u) const { __builtin_prefetch(offsets_ + u); }
  // In three steps, so that others may compute while memory answers: `look` draws and asks for what `choose`, given the
  // same, reads; that asks for the sources, for `read`. Nodes u[0], u[1], .. are numbers first, first + 1, .. of the
  // stream `rng`.
  void look(std::span<const NodeId> nodes, std::uint64_t first, Offset count, const Rng& rng,
            EdgeChoiceWork& work) const;
  void choose(std::span<const NodeId> nodes, std::uint64_t first, Offset count, const Rng& rng, EdgeChoiceWork& work,
              ChosenEdges& chosen) const;
  void read(ChosenEdges& chosen) const;

 private:
  struct Row;
  void all(const Row& row, ChosenEdges& chosen) const;
  void different(const Row& row, Offset count, EdgeChoiceWork& work, ChosenEdges& chosen) const;
  void repeated(const Row& row, Offset count, ChosenEdges& chosen) const;
  void look(const Row& row, Offset count, Offset* places) const;
  Offset limit(Offset count) const;
  bool whole(const Row& row, Offset count) const;
  Row row_of(std::span<const NodeId> nodes, std::size_t i, std::uint64_t first, const Rng& rng, const Rng& more,
             const EdgeChoiceWork& work) const;
  void weighted(const Row& row, Offset count, const Offset* places, EdgeChoiceWork& work, ChosenEdges& chosen) const;
  void race(const Row& row, Offset count, EdgeChoiceWork& work, ChosenEdges& chosen) const;
  void choose_entry(Offset entry, ChosenEdges& chosen) const;
  void choose_entry(Offset entry, NodeId source, ChosenEdges& chosen) const;

  Sparse rows_;
  How how_;
  Offset widest_ = 0;  // entries of a row
  const Offset* offsets_;
  const NodeId* columns_;
  struct alignas(16) Alias {  // of a place in the row: itself, if r < threshold, else another one
    std::uint32_t threshold;
    NodeId other;  // -1: no value in the row
    NodeId source, source_of_other;
  };
  const Alias* aliases_ = nullptr;
  std::shared_ptr<const Growing<Alias>> table_;
};

}  // namespace pfm
