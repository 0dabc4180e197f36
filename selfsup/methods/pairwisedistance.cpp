// PairwiseDistance (Jin et al. 2020, arXiv:2006.10141, section 3.2): beside the classes, |h_i - h_j| must tell whether
// two nodes are one, two, three or more hops apart.
#include <pfm/graph/non_edges.h>
#include <pfm/graph/symmetrise.h>
#include <pfm/nn/classification.h>
#include <pfm/selfsup/methods/methods.h>
#include <pfm/selfsup/node_classifier.h>
#include <pfm/selfsup/pair_rows.h>

#include <algorithm>
#include <array>

namespace pfm {
namespace {

constexpr int hops = 3;

// Pairs u < v by their distance 1 .. 3, and all of them ascending. Memory: what lies within three hops of each node.
struct NearPairs {
  std::array<std::vector<Edge>, hops> at;
  std::vector<Edge> all;
};

// graph: both ways.
NearPairs near_pairs(const Graph& graph) {
  NearPairs pairs;
  std::vector<NodeId> met(std::size_t(graph.nodes()), -1), ring, next;
  for (NodeId u = 0; u < graph.nodes(); ++u) {
    met[std::size_t(u)] = u, ring = {u};
    for (int hop = 0; hop < hops; ++hop) {
      next.clear();
      for (const NodeId v : ring)
        for (const NodeId w : graph.adjacency().columns(v))
          if (std::exchange(met[std::size_t(w)], u) != u) next.push_back(w);
      for (const NodeId w : next)
        if (u < w) pairs.at[std::size_t(hop)].push_back({u, w}), pairs.all.push_back({u, w});
      ring.swap(next);
    }
  }
  std::ranges::sort(pairs.all);
  return pairs;
}

// As many of each distance, without replacement; all where there are fewer. Classes [pairs] are the distance - 1.
std::vector<Edge> draw(const NearPairs& near, NodeId nodes, std::size_t count, Rng rng,
                       std::vector<std::int32_t>& classes) {
  std::vector<Edge> drawn;
  for (std::size_t d = 0; d < hops; ++d) {
    const auto& pairs = near.at[d];
    for (const NodeId i : sample_without(NodeId(pairs.size()), NodeId(std::min(count, pairs.size())), rng.split(d)))
      drawn.push_back(pairs[std::size_t(i)]);
    classes.resize(drawn.size(), std::int32_t(d));
  }
  const auto n = std::size_t(nodes), far = n * (n - 1) / 2 - near.all.size();
  for (const Edge e : draw_non_edges(nodes, near.all, std::min(count, far), rng.split(hops))) drawn.push_back(e);
  classes.resize(drawn.size(), hops);
  return drawn;
}

Pretext make(const Dataset& data, const Options& o) {
  const double lambda = o("lambda", 20.0);
  const int count = o("pairs", 4000);
  if (count < 1) throw Error(Fault::usage, "option pairs: at least 1");
  const NodeClassifier network("pairwisedistance", data, o, joint_defaults());
  const Linear head(network.params / "distance", network.encoder.width, hops + 1);
  const NearPairs near = near_pairs(symmetrised(data.all.graph));
  const NodeId nodes = data.nodes();
  return network.jointly(lambda, [=](const Var& rows, Rng rng) {
    std::vector<std::int32_t> classes;
    const std::vector<Edge> pairs = draw(near, nodes, std::size_t(count), rng, classes);
    return cross_entropy(head(differences(rows, pairs)), classes);
  });
}

}  // namespace

Method pairwisedistance() {
  return {.id = "pairwisedistance",
          .name = "PairwiseDistance",
          .make = make,
          .paper = "2006.10141",
          .presets = {{"cora", "semi", {}, {83.11, 0, "Jin et al. 2020"}},
                      {"citeseer", "semi", {{"lambda", "5"}}, {}},
                      {"pubmed", "semi", {{"lambda", "5"}}, {}}},
          .about = "learns classes and, of pairs of nodes, how many hops they are apart",
          .baseline = gcn_supervised};
}

}  // namespace pfm
