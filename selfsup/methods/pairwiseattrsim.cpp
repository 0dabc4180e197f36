// PairwiseAttrSim (Jin et al. 2020, arXiv:2006.10141, section 3.2): beside the classes, |h_i - h_j| must tell the
// cosine of the features of pairs that are most and least alike. The weight on Cora is 10, of 1, 3, 10, 30 and 100 the
// best on validation nodes; the authors' 100 gains nothing here.
#include <pfm/graph/knn_graph.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/reductions.h>
#include <pfm/nn/shape.h>
#include <pfm/selfsup/cosine.h>
#include <pfm/selfsup/methods/methods.h>
#include <pfm/selfsup/node_classifier.h>
#include <pfm/selfsup/pair_rows.h>

#include <algorithm>

namespace pfm {
namespace {

// Each node with its `k` most alike, and with the `k` least alike of 50 drawn ones: of bags of words most pairs share
// nothing, so that the least of all would be a matter of ties.
std::vector<Edge> extreme_pairs(const Features& x, NodeId k, Rng rng) {
  constexpr NodeId drawn = 50;
  const NodeId n = NodeId(x.rows());
  const Features rows = unit_rows(x);
  const Graph alike = knn_graph(x, k);
  std::vector<Edge> pairs, candidates;
  for (NodeId u = 0; u < n; ++u) {
    for (const NodeId v : alike.adjacency().columns(u)) pairs.push_back({u, v});
    for (NodeId i = 0; i < drawn; ++i)
      candidates.push_back({u, NodeId(rng.below(std::uint64_t(u) * drawn + std::uint64_t(i), std::uint64_t(n)))});
  }
  const Matrix cosines = pair_dots(rows, candidates);
  std::vector<Offset> order(drawn);
  for (NodeId u = 0; u < n; ++u) {
    for (Offset i = 0; i < drawn; ++i) order[std::size_t(i)] = Offset(u) * drawn + i;
    std::ranges::stable_sort(order, {}, [&](Offset i) { return cosines(i, 0); });
    for (NodeId i = 0; i < std::min(k, drawn); ++i) pairs.push_back(candidates[std::size_t(order[std::size_t(i)])]);
  }
  return pairs;
}

Pretext make(const Dataset& data, const Options& o) {
  const double lambda = o("lambda", 10.0);
  const int count = o("pairs", 5000), k = o("similar", 5);
  if (count < 1 || k < 1) throw Error(Fault::usage, "options pairs and similar: at least 1");
  const NodeClassifier network("pairwiseattrsim", data, o, joint_defaults());
  const Linear head(network.params / "similarity", network.encoder.width, 1);
  const std::vector<Edge> pairs = extreme_pairs(data.all.x, NodeId(k), o.rng.split("pairs"));
  const Var cosines(pair_dots(unit_rows(data.all.x), pairs));
  return network.jointly(lambda, [=](const Var& rows, Rng rng) {
    const auto chosen = sample_without(NodeId(pairs.size()), NodeId(std::min(pairs.size(), std::size_t(count))), rng);
    std::vector<Edge> some;
    for (const NodeId i : chosen) some.push_back(pairs[std::size_t(i)]);
    return mean(square(subtract(head(differences(rows, some)), gather_rows(cosines, chosen))));
  });
}

}  // namespace

Method pairwiseattrsim() {
  return {.id = "pairwiseattrsim",
          .name = "PairwiseAttrSim",
          .make = make,
          .paper = "2006.10141",
          .presets = {{"cora", "semi", {}, {83.05, 0, "Jin et al. 2020, there with lambda 100"}},
                      {"citeseer", "semi", {{"lambda", "5"}}, {}},
                      {"pubmed", "semi", {{"lambda", "0.01"}}, {}}},
          .about = "learns classes and, of pairs of nodes, how alike their features are",
          .baseline = gcn_supervised};
}

}  // namespace pfm
