#include <pfm/encoders/table.h>
#include <pfm/sampling/walk_corpus.h>
#include <pfm/selfsup/walk_embedding.h>

#include <algorithm>
#include <numeric>

namespace pfm {
namespace {

// body(walks, done) for the walks of a pass in order, whole rounds of skip-gram at a time; `done` of the pass before.
template <class Body>
void each_piece(const WalkCorpus& corpus, Offset pass, Body body) {
  constexpr Offset most = 16 * skipgram_round;
  const std::vector<NodeId> starts = corpus.starts(pass);
  std::vector<NodeId> walks;
  for (Offset begin = 0; begin < Offset(starts.size()); begin += most) {
    const Offset count = std::min(most, Offset(starts.size()) - begin);
    walks.resize(std::size_t(count * corpus.nodes_a_walk()));
    corpus.walk(pass, starts, begin, walks);
    body(std::span<const NodeId>(walks), begin);
  }
}

std::vector<std::int64_t> visits_of(NodeId nodes, const WalkCorpus& corpus, int passes) {
  std::vector<std::int64_t> visits(static_cast<std::size_t>(nodes));
  for (Offset pass = 0; pass < passes; ++pass)
    each_piece(corpus, pass, [&](std::span<const NodeId> walks, Offset) {
      for (const NodeId u : walks)
        if (u >= 0) ++visits[u];
    });
  return visits;
}

}  // namespace

void check_walk_embedding(const Dataset& data, const WalkEmbedding& how, int nodes_a_walk) {
  if (how.dimensions < 1 || how.walks < 1 || how.skipgram.window < 1 || nodes_a_walk < 2 || !(how.skipgram.rate > 0))
    throw Error(Fault::usage, "options dimensions, walks, window: at least 1; length: at least 2 nodes; lr: above 0");
  if (data.all.graph.edges() == 0) throw Error(Fault::input, data.name + ": walks need edges, the graph has none");
}

Pretext walk_embedding(NodeId nodes, const Walker& walker, const WalkEmbedding& how, Rng rng,
                       const std::function<SkipgramOutputs(std::span<const std::int64_t> visits)>& outputs) {
  std::vector<NodeId> starts(std::size_t(how.from > 0 ? how.from : nodes));
  std::iota(starts.begin(), starts.end(), 0);
  const WalkCorpus corpus(walker, std::move(starts), rng.split("corpus"));
  const Params p(rng);
  Table rows(p / "encoder", nodes, how.dimensions);
  rows.table.value() = skipgram_start(nodes, how.dimensions, rng.split("table"));
  const Var output = p.state("output", nodes, how.dimensions);
  const auto targets = std::make_shared<const SkipgramOutputs>(outputs(visits_of(nodes, corpus, how.walks)));
  const Offset a_pass = corpus.walks_a_pass(), total = how.walks * a_pass;
  Pretext pretext{
      .params = p,
      .encoder = {[=](const Batch& where, const Input&, std::optional<Rng>) { return rows(where); }, how.dimensions},
      .loss = {},
      .training = {.epochs = how.walks}};
  pretext.step = [=](const Batch&, std::int64_t pass, Rng draws) {
    Var in = rows.table, out = output;
    SkipgramLoss sum;
    each_piece(corpus, pass, [&](std::span<const NodeId> walks, Offset done) {
      const SkipgramLoss loss = train_skipgram(walks, corpus.nodes_a_walk(), pass * a_pass + done, total, *targets,
                                               how.skipgram, draws, in.value(), out.value());
      sum.sum += loss.sum, sum.pairs += loss.pairs;
    });
    return sum.pairs > 0 ? sum.sum / double(sum.pairs) : 0;
  };
  return pretext;
}

}  // namespace pfm
