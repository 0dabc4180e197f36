// metapath2vec (Dong, Chawla, Swami 2017, KDD): walks that go through kinds of nodes in a given order are sentences;
// skip-gram with negative sampling over their nodes, of whichever kind:
//   max sum of log sigmoid(X_c . X_v) + sum over k drawn nodes u of log sigmoid(-X_u . X_v)
// for every node c within the window of v. The default path goes from the items to each kind of nodes beside them and
// back, in turn, as HGMAE's program does. The paper starts 1000 walks at a node, here 20; noise is drawn in proportion
// to visits^(3/4).
#include <pfm/graph/metapath.h>
#include <pfm/selfsup/methods/methods.h>
#include <pfm/selfsup/walk_embedding.h>

namespace pfm {
namespace {

// Along each relation of the first type away and back, relations in their order.
std::vector<std::int32_t> out_and_back(const std::string& data, const Types& types) {
  std::vector<std::int32_t> path;
  for (std::int32_t r = 0; r < std::int32_t(types.relations.size()); ++r) {
    const Types::Relation& is = types.relations[r];
    if (is.both_ways && (is.source == 0) != (is.target == 0)) path.insert(path.end(), {r, r});
  }
  if (path.empty())
    throw Error(Fault::input, data +
                                  ": no relation leads from the items to other nodes and back; name a path by "
                                  "--set metapath=A,B,A");
  return path;
}

Pretext make(const Dataset& data, const Options& o) {
  const std::string path = o("metapath", "");  // kinds of nodes, A,B,A; empty: out_and_back()
  const int length = o("length", 100);         // nodes of a walk
  WalkEmbedding how{.dimensions = o("dimensions", 128),
                    .walks = o("walks", 20),
                    .skipgram = {.window = o("window", 7), .rate = Real(o("lr", 0.025))}};
  const int negative = o("negative", 5);
  check_walk_embedding(data, how, length);
  if (negative < 1) throw Error(Fault::usage, "option negative: at least 1");
  if (data.types.empty()) throw Error(Fault::input, data.name + ": metapath2vec needs several kinds of nodes");
  const PathWalk walk = path.empty() ? PathWalk{0, out_and_back(data.name, data.types)} : path_walk(data.types, path);
  if (walk.start != 0)
    throw Error(Fault::usage,
                "option metapath: expected a path from " + data.types.nodes[0] + ", whose rows are scored");
  how.from = data.types.node_ptr[1];
  const Walker walker(data.all.graph, {.length = length - 1, .weighted = false, .metapath = walk.edge_types});
  return walk_embedding(data.nodes(), walker, how, o.rng,
                        [=](std::span<const std::int64_t> visits) { return NegativeSampling(visits, negative); });
}

}  // namespace

Method metapath2vec() {
  return {.id = "metapath2vec",
          .name = "metapath2vec",
          .make = make,
          .paper = "KDD 2017",
          .presets = {{"acm", "heco-20-40-60", {}, {}}},
          .about = "walks through kinds of nodes in a given order as sentences, skip-gram with negative sampling"};
}

}  // namespace pfm
