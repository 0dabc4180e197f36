// word2vec to the letter: pair by pair, every output at once, negatives drawn for each pair.
#include <pfm/kernels/exponential.h>
#include <pfm/kernels/skipgram_walks.h>

#include <algorithm>
#include <numeric>

namespace pfm {

double update_pair(std::span<Real> input, std::span<const SkipgramOutput> outputs, Real rate, Matrix& out) {
  std::vector<Real> change(input.size());
  double loss = 0;
  for (const auto& [row, label] : outputs) {
    const std::span<Real> output = out.row(row);
    const Real x = std::inner_product(input.begin(), input.end(), output.begin(), Real(0));
    const Real step = rate * (Real(label) - logistic(x));
    for (std::size_t k = 0; k < input.size(); ++k) change[k] += step * output[k], output[k] += step * input[k];
    loss += double(soft_plus(label ? -x : x));
  }
  for (std::size_t k = 0; k < input.size(); ++k) input[k] += change[k];
  return loss;
}

static std::vector<SkipgramOutput> outputs_of(NodeId target, const NegativeSampling& sampling, Rng draws) {
  std::vector<SkipgramOutput> outputs{{target, true}};
  for (int j = 0; j < sampling.negatives(); ++j)
    if (const NodeId word = sampling.drawn(draws.block(std::uint64_t(j))); word != target)
      outputs.push_back({word, false});
  return outputs;
}

static std::vector<SkipgramOutput> outputs_of(NodeId target, const HuffmanTree& tree, Rng) {
  std::vector<SkipgramOutput> outputs;
  for (std::size_t i = 0; i < tree.nodes(target).size(); ++i)
    outputs.push_back({tree.nodes(target)[i], tree.codes(target)[i] == 0});
  return outputs;
}

static double update_mean(std::span<const NodeId> inputs, std::span<const SkipgramOutput> outputs, Real rate,
                          Matrix& in, Matrix& out) {
  std::vector<Real> mean(std::size_t(in.cols()));
  for (const NodeId input : inputs)
    for (std::size_t k = 0; k < mean.size(); ++k) mean[k] += in.row(input)[k] / Real(inputs.size());
  const std::vector<Real> before = mean;
  const double loss = update_pair(mean, outputs, rate, out);
  for (const NodeId input : inputs)
    for (std::size_t k = 0; k < mean.size(); ++k) in.row(input)[k] += mean[k] - before[k];
  return loss;
}

SkipgramLoss train_pair_by_pair(const SkipgramWalks& given, Matrix& in, Matrix& out) {
  SkipgramLoss loss;
  std::vector<NodeId> inputs;
  for (Offset centre = 0; centre < given.positions(); ++centre) {
    const NodeId target = given.word(centre);
    if (target < 0) continue;
    const auto [first, last] = given.window(centre, given.radius(given.radii.block(given.number(centre))));
    inputs.clear();
    for (Offset p = first; p < last; ++p)
      if (p != centre && given.word(p) >= 0) inputs.push_back(given.word(p));
    const Rng draws = given.draws.split(given.number(centre));
    auto outputs = [&](std::size_t pair) {
      return std::visit([&](const auto& kind) { return outputs_of(target, kind, draws.split(pair)); }, given.outputs);
    };
    const Real rate = given.rate(centre);
    if (given.rules.cbow && !inputs.empty())
      loss.sum += update_mean(inputs, outputs(0), rate, in, out), ++loss.pairs;
    else
      for (std::size_t i = 0; i < inputs.size(); ++i)
        loss.sum += update_pair(in.row(inputs[i]), outputs(i), rate, out), ++loss.pairs;
  }
  return loss;
}

}  // namespace pfm
