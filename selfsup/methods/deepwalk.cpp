// DeepWalk (Perozzi, Al-Rfou, Skiena 2014, arXiv:1403.6652): truncated uniform walks are sentences; skip-gram with
// hierarchical softmax over their nodes.
//   min over Phi, Psi: - sum_{0 < |j - i| <= w} log p(v_j | Phi(v_i)),  p = product of sigmoid(+-Phi(v_i) . Psi(n))
// over the inner nodes n on the way to v_j in Huffman's tree of how often nodes are visited (algorithms 1 and 2).
#include <pfm/graph/symmetrise.h>
#include <pfm/selfsup/methods/methods.h>
#include <pfm/selfsup/walk_embedding.h>

namespace pfm {

static Pretext make(const Dataset& data, const Options& o) {
  const int length = o("length", 40);  // nodes of a walk
  const WalkEmbedding how{.dimensions = o("dimensions", 128),
                          .walks = o("walks", 80),
                          .skipgram = {.window = o("window", 10), .rate = Real(o("lr", 0.025))}};
  check_walk_embedding(data, how, length);
  const Walker walker(symmetrised(data.all.graph), {.length = length - 1, .weighted = false});
  return walk_embedding(data.nodes(), walker, how, o.rng,
                        [](std::span<const std::int64_t> visits) { return HuffmanTree(visits); });
}

Method deepwalk() {
  return {.id = "deepwalk",
          .name = "DeepWalk",
          .make = make,
          .paper = "1403.6652",
          .presets = {{"blogcatalog", "topk-ovr", {}, {41.51, 0, "the authors' program, re-run on these data"}}},
          .about = "uniform walks as sentences, skip-gram with hierarchical softmax"};
}

}  // namespace pfm
