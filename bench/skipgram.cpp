// Skip-gram, d = 128, window 10, over walks of 40: words drawn with chance ~ 1 / (rank + 10), a vocabulary of the size
// of BlogCatalog and one of 47,000 words. Operations: 6 d for each input and output of a window, whatever the order.
#include <pfm/kernels/skipgram.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "benchmarks.h"
#include "counters.h"

namespace pfm {
namespace {

constexpr Offset rows = 2048, length = 40, d = 128;
constexpr int negatives = 5;

struct Corpus {
  std::vector<NodeId> walks = std::vector<NodeId>(rows * length);
  std::vector<std::int64_t> counts;
  // Ranks by the inverse of their law, names by a permutation: what is frequent does not stand together.
  explicit Corpus(NodeId words) : counts(std::size_t(words), 1) {
    const std::vector<NodeId> names = permutation(words, Rng(1));
    const double span = std::log((words + 10) / 10.0);
    for (std::size_t i = 0; i < walks.size(); ++i) {
      const auto rank = std::size_t(10 * std::exp(span * Rng(2).uniform(i)) - 10);
      ++counts[std::size_t(walks[i] = names[std::min(rank, names.size() - 1)])];
    }
  }
};

double outputs_of(const SkipgramOutputs& outputs, const Corpus& corpus) {
  const auto* tree = std::get_if<HuffmanTree>(&outputs);
  if (!tree) return 1 + negatives;
  double sum = 0;
  for (const NodeId word : corpus.walks) sum += double(tree->nodes(word).size());
  return sum / double(corpus.walks.size());
}

void train(benchmark::State& state, NodeId words, bool tree, SkipgramRules rules) {
  const Corpus corpus(words);
  const SkipgramOutputs outputs =
      tree ? SkipgramOutputs(HuffmanTree(corpus.counts)) : SkipgramOutputs(NegativeSampling(corpus.counts, negatives));
  Matrix in = skipgram_start(words, d, Rng(3)), out = Matrix::zeros(words, d);
  Offset done = 0;
  double pairs = 0;
  for (auto _ : state) {
    pairs = double(train_skipgram(corpus.walks, length, done, 1000 * rows, outputs, rules, Rng(4), in, out).pairs);
    done += rows;
  }
  const double each = outputs_of(outputs, corpus);
  // Every centre's outputs and inputs once.
  state_work(state, 6 * double(d) * pairs * each,
             double(sizeof(Real) * d) * (pairs + double(corpus.walks.size()) * each));
  state.counters["words/s"] =
      benchmark::Counter(double(corpus.walks.size()), benchmark::Counter::kIsIterationInvariantRate);
}

}  // namespace

void register_skipgram() {
  const std::pair<const char*, SkipgramRules> kinds[] = {{"", {}},
                                                         {"/lock-free", {.order = SkipgramOrder::lock_free}},
                                                         {"/plain", {.order = SkipgramOrder::plain}},
                                                         {"/cbow", {.cbow = true}}};
  for (const NodeId words : {10312, 47000})
    for (const bool tree : {false, true})
      for (const auto& [name, rules] : kinds)
        benchmark::RegisterBenchmark(
            ("skipgram/" + std::to_string(words) + (tree ? "/tree" : "/negatives") + name).c_str(), train, words, tree,
            rules)
            ->Unit(benchmark::kMillisecond);
}

}  // namespace pfm
