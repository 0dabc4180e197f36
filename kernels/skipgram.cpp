#include <pfm/kernels/parallel.h>
#include <pfm/kernels/skipgram_piece.h>
#include <pfm/kernels/vector.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

namespace pfm {

__extension__ using Wide = unsigned __int128;

// [0, n) with equal chances but for a share of n / 2^64.
static std::uint64_t below(const Words& random, std::uint64_t n) {
  return std::uint64_t(Wide(std::uint64_t{random[1]} << 32 | random[0]) * n >> 64);
}

NegativeSampling::NegativeSampling(std::span<const std::int64_t> counts, int negatives, double power)
    : NegativeSampling(std::vector<double>(counts.begin(), counts.end()), negatives, power) {}

NegativeSampling::NegativeSampling(std::span<const double> counts, int negatives, double power)
    : negatives_(negatives), places_(counts.size()) {
  expect(negatives >= 1, "NegativeSampling: at least one negative");
  std::vector<NodeId> words(counts.size());
  std::vector<Real> weights(counts.size());
  std::iota(words.begin(), words.end(), NodeId{0});
  for (std::size_t i = 0; i < counts.size(); ++i) weights[i] = counts[i] > 0 ? Real(std::pow(counts[i], power)) : 0;
  expect(std::ranges::any_of(weights, [](Real w) { return w > 0; }), "NegativeSampling: a word that occurs");
  AliasBuilder().build(words, weights, places_.data());
}

NodeId NegativeSampling::drawn(const Words& random) const {
  return places_[std::size_t(below(random, places_.size()))].drawn(random[2]);
}

Matrix skipgram_start(NodeId words, Offset d, Rng rng) {
  Matrix start(words, d);
  for (Offset i = 0; i < start.size(); ++i) start.data()[i] = Real((rng.uniform(std::uint64_t(i)) - 0.5) / double(d));
  return start;
}

Real SkipgramWalks::rate(Offset position) const {
  const double left = 1 - double(done + position / length) / double(std::max<Offset>(1, total));
  return Real(double(rules.rate) * std::max(1e-4, left));
}

Offset SkipgramWalks::radius(const Words& random) const {
  return 1 + Offset(below(random, std::uint64_t(rules.window)));
}

std::pair<Offset, Offset> SkipgramWalks::window(Offset position, Offset radius) const {
  const Offset walk = position / length * length;
  return {std::max(walk, position - radius), std::min(walk + length, position + radius + 1)};
}

namespace {

// Positions of centres in a piece: short walks together, long ones cut, so that what a piece touches stays near.
// Divides the positions of skipgram_round walks.
Offset piece_of(Offset length) {
  constexpr Offset usual = 64;
  return length > 2 * usual ? usual
                            : length * Offset(std::bit_floor(std::uint64_t(std::max<Offset>(1, usual / length))));
}

SkipgramLoss sum_of(std::span<const SkipgramLoss> losses) {
  SkipgramLoss sum;
  for (const SkipgramLoss& loss : losses) sum.sum += loss.sum, sum.pairs += loss.pairs;
  return sum;
}

SkipgramLoss train_in_rounds(const SkipgramWalks& given, Matrix& in, Matrix& out) {
  const Offset size = piece_of(given.length), pieces = (given.positions() + size - 1) / size;
  std::vector<SkipgramPiece> round(static_cast<std::size_t>(std::min(pieces, skipgram_together)));
  std::vector<SkipgramLoss> losses(static_cast<std::size_t>(pieces));
  std::vector<const TouchedRows*> inputs, outputs;
  RowChanges of_in(in.rows()), of_out(out.rows());
  for (Offset first = 0; first < pieces; first += skipgram_together) {
    const Offset count = std::min(skipgram_together, pieces - first);
    parallel_blocks(count, [&](Offset i) {
      const Offset begin = (first + i) * size, end = std::min(begin + size, given.positions());
      losses[std::size_t(first + i)] = round[std::size_t(i)].train_copies(given, begin, end, in, out);
    });
    inputs.clear(), outputs.clear();
    for (const SkipgramPiece& piece : std::span(round).first(std::size_t(count)))
      inputs.push_back(&piece.inputs()), outputs.push_back(&piece.outputs());
    const auto add_inputs = [&](Offset i) { of_in.add(inputs, in, i); };
    const auto add_outputs = [&](Offset i) { of_out.add(outputs, out, i); };
    if (&in == &out) {  // a row may have changed on both sides
      parallel_blocks(RowChanges::parts, add_inputs), parallel_blocks(RowChanges::parts, add_outputs);
      continue;
    }
    parallel_blocks(2 * RowChanges::parts,
                    [&](Offset i) { i < RowChanges::parts ? add_inputs(i) : add_outputs(i - RowChanges::parts); });
  }
  return sum_of(losses);
}

SkipgramLoss train_lock_free(const SkipgramWalks& given, Matrix& in, Matrix& out) {
  const Offset size = piece_of(given.length), pieces = (given.positions() + size - 1) / size;
  std::vector<SkipgramLoss> losses(static_cast<std::size_t>(pieces));
  Offset begun = 0;
  parallel_items<SkipgramPiece>([&](SkipgramPiece&) { return begun++ < pieces; },
                                [&](SkipgramPiece& piece, Offset i) {
                                  const Offset begin = i * size, end = std::min(begin + size, given.positions());
                                  losses[std::size_t(i)] = piece.train_in_place(given, begin, end, in, out);
                                });
  return sum_of(losses);
}

}  // namespace

SkipgramLoss train_skipgram(std::span<const NodeId> walks, Offset length, Offset done, Offset total,
                            const SkipgramOutputs& outputs, const SkipgramRules& rules, Rng rng, Matrix& in,
                            Matrix& out) {
  expect(length >= 1 && Offset(walks.size()) % length == 0, "train_skipgram: whole walks");
  expect(rules.window >= 1, "train_skipgram: a window of at least 1");
  expect(in.cols() == out.cols(), "train_skipgram: input and output rows of one width");
  const Offset words = std::visit([](const auto& kind) { return Offset(kind.words()); }, outputs);
  expect(in.rows() >= words && out.rows() >= words - Offset(std::holds_alternative<HuffmanTree>(outputs)),
         "train_skipgram: a row for each word");
  expect(std::ranges::all_of(walks, [&](NodeId word) { return word >= -1 && word < words; }),
         "train_skipgram: known words");
  const SkipgramWalks given{walks, length, done, total, outputs, rules, rng.split("radii"), rng.split("draws")};
  if (rules.order == SkipgramOrder::plain) return train_pair_by_pair(given, in, out);
  if (rules.order == SkipgramOrder::lock_free && in.cols() % WideLanes::count == 0)
    return train_lock_free(given, in, out);
  return train_in_rounds(given, in, out);
}

}  // namespace pfm
