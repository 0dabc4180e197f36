#include <fmt/format.h>
#include <pfm/io/given_edges.h>

#include <cmath>
#include <limits>

namespace pfm::io {

void GivenEdges::add(NodeId source, NodeId target, Ways ways, std::optional<Real> weight) {
  if (weight && weights_.empty()) weights_.assign(edges_.size(), 1);
  edges_.push_back({source, target});
  both_.push_back(ways == Ways::both);
  if (!weights_.empty() || weight) weights_.push_back(weight.value_or(1));
  without_weight_ += !weight;
  one_way_ += ways == Ways::one;
}

void GivenEdges::rename(std::span<const NodeId> now) {
  for (Edge& e : edges_) e = {now[e.source], now[e.target]};
}

Graph GivenEdges::graph(NodeId nodes, const ReadRules& rules, const std::string& file) const {
  if (rules.weighted && without_weight_ > 0)
    throw Error(Fault::input, fmt::format("{}: {} of {} edges have no weight, expected one on each (--weighted)", file,
                                          without_weight_, edges_.size()));
  const bool mixed = !rules.undirected && one_way_ > 0 && one_way_ < edges_.size();
  if (!mixed) return build_graph(nodes, edges_, weights_, rules.build(one_way_ == 0));
  std::vector<Edge> edges;
  std::vector<Real> weights;
  for (std::size_t e = 0; e < edges_.size(); ++e) {
    const auto [source, target] = edges_[e];
    const bool twice = both_[e] && source != target;
    edges.push_back({source, target});
    if (twice) edges.push_back({target, source});
    if (!weights_.empty()) weights.insert(weights.end(), twice ? 2 : 1, weights_[e]);
  }
  return build_graph(nodes, edges, weights, rules.build(false));
}

Real weight_in(Text& text) {
  const auto weight = Real(text.number("the weight of an edge"));
  if (!std::isfinite(weight)) text.fail("a weight in the range of Real");
  return weight;
}

NodeId believable_nodes(std::int64_t declared, std::size_t edges, const std::string& file) {
  const std::int64_t most =
      std::min<std::int64_t>(std::numeric_limits<NodeId>::max() - 1, (1 << 20) + 64 * std::int64_t(edges));
  if (declared < 0 || declared > most)
    throw Error(Fault::input, fmt::format("{}: found {} nodes and {} edges, expected at most {} nodes beside them",
                                          file, declared, edges, most));
  return NodeId(declared);
}

}  // namespace pfm::io
