// node2vec (Grover, Leskovec 2016, arXiv:1607.00653): DeepWalk with walks of second order and negative sampling.
//   max over f, f': sum of log sigmoid(f'(n) . f(u)) + sum over 5 drawn nodes of log sigmoid(-f'(x) . f(u))
// for every node n within the window of u on a walk (section 3.1); walks by p and q (section 3.2). Facebook's links
// have p = q = 1, not tuned.
#include <pfm/graph/symmetrise.h>
#include <pfm/selfsup/methods/methods.h>
#include <pfm/selfsup/walk_embedding.h>

namespace pfm {

static Pretext make(const Dataset& data, const Options& o) {
  const int length = o("length", 80);  // nodes of a walk
  const double p = o("p", 1.0), q = o("q", 1.0);
  const WalkEmbedding how{.dimensions = o("dimensions", 128),
                          .walks = o("walks", 10),
                          .skipgram = {.window = o("window", 10), .rate = Real(o("lr", 0.025))}};
  const int negative = o("negative", 5);
  check_walk_embedding(data, how, length);
  if (negative < 1) throw Error(Fault::usage, "option negative: at least 1");
  const Walker walker(symmetrised(data.all.graph), {.length = length - 1, .p = p, .q = q});
  return walk_embedding(data.nodes(), walker, how, o.rng,
                        [=](std::span<const std::int64_t> visits) { return NegativeSampling(visits, negative); });
}

Method node2vec() {
  return {.id = "node2vec",
          .name = "node2vec",
          .make = make,
          .paper = "1607.00653",
          .presets = {{"blogcatalog", "topk-ovr@90", {{"p", "0.25"}, {"q", "0.25"}}, {42.29, 0, "CogDL leaderboard"}},
                      {"ppi", "topk-ovr@90", {{"p", "4"}}, {22.97, 0, "CogDL leaderboard"}},
                      {"facebook_combined", "link-50", {}, {96.80, 0, "node2vec paper, Hadamard"}}},
          .about = "walks of second order as sentences, skip-gram with negative sampling"};
}

}  // namespace pfm
