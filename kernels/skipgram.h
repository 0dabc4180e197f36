// word2vec (Mikolov et al. 2013, arXiv:1301.3781 and arXiv:1310.4546) over walks: DeepWalk, node2vec, LINE. Letters: N
// words (nodes), d columns, w the largest window.
//
// A pair (input u, target v) asks the row in[u] [d] to tell v from others by the rows of `out`: with x = in[u] . out[o]
// for each output o of v, the loss is the sum of log(1 + e^-x) where o should say yes (label 1), log(1 + e^x) where no.
#pragma once
#include <pfm/kernels/alias.h>
#include <pfm/kernels/huffman.h>
#include <pfm/kernels/random.h>

#include <variant>

namespace pfm {

// Outputs of v: v itself (label 1) and `negatives` words drawn with chance ~ count^power (label 0), of which those
// equal to v are left out. `out` is [N, d].
class NegativeSampling {
 public:
  // counts [N], not negative, one of them positive; negatives >= 1.
  explicit NegativeSampling(std::span<const double> counts, int negatives = 5, double power = 0.75);
  explicit NegativeSampling(std::span<const std::int64_t> counts, int negatives = 5, double power = 0.75);

  int negatives() const { return negatives_; }
  NodeId words() const { return NodeId(places_.size()); }
  NodeId drawn(const Words& random) const;  // from one block of an Rng

 private:
  int negatives_;
  std::vector<AliasPlace> places_;  // [N]
};

// Negative sampling, or hierarchical softmax: the outputs of v are the inner nodes on the way to it, label 1 where the
// code is 0; `out` is [at least N - 1, d].
using SkipgramOutputs = std::variant<NegativeSampling, HuffmanTree>;

// Orders of training. `blocks`: pieces of walks of about 64 centres, skipgram_together at a time, each from the tables
// as the ones before left them, then the sum of what they changed; a window shares its negatives with three more. The
// same bits at any number of threads. `lock_free`: all pieces change the tables as they go (Hogwild, Niu et al. 2011):
// the bits depend on timing; where d is not a multiple of the machine's vector, as `blocks`. `plain`: word2vec to the
// letter, pair by pair, each with its own negatives, on one thread: to compare with.
enum class SkipgramOrder { blocks, lock_free, plain };
constexpr Offset skipgram_together = 8;

struct SkipgramRules {
  Offset window = 10;       // w: a centre's own is drawn from {1 .. w} with equal chances
  bool cbow = false;        // the input is the mean of the window, and each of its rows takes the whole change
  Real rate = Real(0.025);  // at first; falls in a line with the walks done, to no less than 1e-4 of itself
  SkipgramOrder order = SkipgramOrder::blocks;
};

// The sum over the pairs (CBOW: centres) of their losses as training met them.
struct SkipgramLoss {
  double sum = 0;
  std::int64_t pairs = 0;
};

// Trains on walks [rows, length]: a walk's words, after its end -1. A target is a centre, its inputs are the words of
// its window, as in word2vec; edges in both orders are walks of length 2 with a window of 1. These are walks [done,
// done + rows) of `total`: `done` decides, with `rng`, the draws and, with `total`, the rate, so that training can stop
// between calls and go on; the calls may be cut anywhere at multiples of skipgram_round walks without another bit.
// `in` and `out` may be one table: then a word has one row, whichever side it is on (LINE of first order).
constexpr Offset skipgram_round = 64 * skipgram_together;
SkipgramLoss train_skipgram(std::span<const NodeId> walks, Offset length, Offset done, Offset total,
                            const SkipgramOutputs& outputs, const SkipgramRules& rules, Rng rng, Matrix& in,
                            Matrix& out);

// One output of a pair, as a row of `out`.
struct SkipgramOutput {
  NodeId row;
  bool label;
};

// word2vec's update of one pair: the outputs in order, each changed at once, then the input [d]. Returns its loss.
double update_pair(std::span<Real> input, std::span<const SkipgramOutput> outputs, Real rate, Matrix& out);

// [words, d], uniform in (-1/2, 1/2) / d: word2vec's start of `in`; `out` starts with zeros.
Matrix skipgram_start(NodeId words, Offset d, Rng rng);

}  // namespace pfm
