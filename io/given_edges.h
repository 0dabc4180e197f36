// Edges as a file gives them, one after the other: with or without a weight, one way or both ways.
#pragma once
#include <pfm/io/formats.h>
#include <pfm/io/text.h>

namespace pfm::io {

class GivenEdges {
 public:
  enum class Ways { one, both };
  void add(NodeId source, NodeId target, Ways ways, std::optional<Real> weight = std::nullopt);
  std::size_t size() const { return edges_.size(); }
  void rename(std::span<const NodeId> now);  // node v becomes now[v]

  // The graph of `nodes` nodes. Direction: as `rules` say, else as given; where edges of both kinds were given the
  // graph is directed and an edge that holds both ways is stored from both ends. It has weights if any edge has one;
  // the others then weigh 1. `rules.weighted` and an edge without weight: Error(Fault::input) that names `file`.
  Graph graph(NodeId nodes, const ReadRules& rules, const std::string& file) const;

 private:
  std::vector<Edge> edges_;
  std::vector<Real> weights_;  // [edges], or empty: none has one so far
  std::vector<bool> both_;     // [edges]
  std::size_t without_weight_ = 0, one_way_ = 0;
};

// The next field as a weight: a finite number in the range of Real.
Real weight_in(Text& text);

// `declared` nodes of a file that does not mention each of them: Error(Fault::input) where they are more than 32-bit
// ids can name, or so many more than the file's edges (64 per edge, and a million) that the number cannot be meant.
NodeId believable_nodes(std::int64_t declared, std::size_t edges, const std::string& file);

}  // namespace pfm::io
