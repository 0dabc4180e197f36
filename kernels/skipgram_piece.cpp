#include <pfm/kernels/skipgram_piece.h>

#include <algorithm>

namespace pfm {

// Centres in a row that share their negatives: as many fresh rows a centre would cost as much as all its arithmetic.
constexpr Offset sharing = 4;
// Rate times inputs that move an output at once: beyond it a word that fills its windows would overshoot.
constexpr Real steps_at_once = Real(0.11);

void SkipgramPiece::add_negatives(NodeId target, std::span<const NodeId> negatives) {
  const Offset first = Offset(outputs_.size());
  for (const NodeId word : negatives) {
    if (word == target) continue;
    const Offset place = out_.place(word);
    const auto same =
        std::find_if(outputs_.begin() + first, outputs_.end(), [&](const Output& o) { return o.place == place; });
    if (same != outputs_.end())
      ++same->weight;
    else
      outputs_.push_back({place, 0, 1});
  }
}

void SkipgramPiece::plan_outputs(const NegativeSampling& sampling, const SkipgramWalks& given, Offset begin,
                                 Offset end) {
  const std::uint64_t count = std::uint64_t(sampling.negatives());
  std::vector<NodeId> negatives(count);
  random_.resize(count);
  for (Offset p = begin; p < end; ++p) {
    if ((p - begin) % sharing == 0) {
      given.draws.blocks(given.number(p) * count, random_);
      std::ranges::transform(random_, negatives.begin(), [&](const auto& random) { return sampling.drawn(random); });
    }
    if (const NodeId target = given.word(p); target >= 0) {
      outputs_.push_back({out_.place(target), 1, 1});
      add_negatives(target, negatives);
    }
    offsets_.push_back(outputs_.size());
  }
}

void SkipgramPiece::plan_outputs(const HuffmanTree& tree, const SkipgramWalks& given, Offset begin, Offset end) {
  for (Offset p = begin; p < end; ++p) {
    if (const NodeId target = given.word(p); target >= 0) {
      const auto nodes = tree.nodes(target);
      const auto codes = tree.codes(target);
      for (std::size_t i = 0; i < nodes.size(); ++i) outputs_.push_back({out_.place(nodes[i]), Real(1 - codes[i]), 1});
    }
    offsets_.push_back(outputs_.size());
  }
}

void SkipgramPiece::plan(const SkipgramWalks& given, Offset begin, Offset end) {
  in_.clear(), out_.clear(), inputs_.clear(), radii_.clear(), outputs_.clear(), offsets_.assign(1, 0);
  first_ = given.window(begin, given.rules.window).first;
  const Offset last = given.window(end - 1, given.rules.window).second;
  for (Offset p = first_; p < last; ++p) inputs_.push_back(given.word(p) < 0 ? -1 : in_.place(given.word(p)));
  random_.resize(std::size_t(end - begin));
  given.radii.blocks(given.number(begin), random_);
  for (const auto& random : random_) radii_.push_back(given.radius(random));
  std::visit([&](const auto& kind) { plan_outputs(kind, given, begin, end); }, given.outputs);
}

// Few outputs at a time, each time from the inputs as the last left them.
double SkipgramPiece::steps(std::span<Real* const> inputs, std::span<const Output> outputs, Real rate) {
  constexpr std::size_t most = StepOutputs::most;
  const std::size_t parts = (outputs.size() + most - 1) / most;
  const std::size_t at_once = std::max<std::size_t>(1, std::size_t(steps_at_once / rate));
  double loss = 0;
  for (std::size_t part = 0; part < parts; ++part) {
    const std::size_t from = outputs.size() * part / parts, to = outputs.size() * (part + 1) / parts;
    StepOutputs step{.count = int(to - from)};
    for (std::size_t j = 0; j < to - from; ++j) {
      const Output& output = outputs[from + j];
      step.rows[j] = out_[output.place], step.labels[j] = output.label, step.weights[j] = output.weight;
    }
    for (std::size_t first = 0; first < inputs.size(); first += at_once)
      loss += skipgram_step(inputs.subspan(first, std::min(at_once, inputs.size() - first)), step, out_.width(), rate,
                            products_);
  }
  return loss;
}

double SkipgramPiece::train_mean(std::span<const Output> outputs, Real rate) {
  const std::size_t width = std::size_t(in_.width());
  mean_.assign(width, 0);
  for (const Real* row : rows_)
    for (std::size_t k = 0; k < width; ++k) mean_[k] += row[k] / Real(rows_.size());
  before_ = mean_;
  Real* const mean[] = {mean_.data()};
  const double loss = steps(mean, outputs, rate);
  for (Real* row : rows_)
    for (std::size_t k = 0; k < width; ++k) row[k] += mean_[k] - before_[k];
  return loss;
}

void SkipgramPiece::count_steps(std::span<const Output> outputs, bool cbow, Real rate) {
  const Real inputs = cbow ? 1 : Real(window_.size());
  Real weight = 0;
  for (const Output& output : outputs) {
    weight += output.weight;
    out_.count(output.place, rate * output.weight * inputs);
  }
  for (const Offset place : window_) in_.count(place, rate * weight);
}

SkipgramLoss SkipgramPiece::train_centre(std::span<const Output> outputs, bool cbow, Real rate) {
  if (window_.empty()) return {};
  count_steps(outputs, cbow, rate);
  rows_.clear();
  for (const Offset place : window_) rows_.push_back(in_[place]);
  if (cbow) return {train_mean(outputs, rate), 1};
  return {steps(rows_, outputs, rate), std::int64_t(rows_.size())};
}

SkipgramLoss SkipgramPiece::train(const SkipgramWalks& given, Offset begin, Offset end) {
  SkipgramLoss loss;
  for (Offset centre = begin; centre < end; ++centre) {
    if (given.word(centre) < 0) continue;
    const std::size_t i = std::size_t(centre - begin);
    const auto [first, last] = given.window(centre, radii_[i]);
    window_.clear();
    for (Offset p = first; p < last; ++p)
      if (const Offset place = inputs_[std::size_t(p - first_)]; p != centre && place >= 0) window_.push_back(place);
    const auto outputs = std::span(outputs_).subspan(offsets_[i], offsets_[i + 1] - offsets_[i]);
    const SkipgramLoss one = train_centre(outputs, given.rules.cbow, given.rate(centre));
    loss.sum += one.sum, loss.pairs += one.pairs;
  }
  return loss;
}

SkipgramLoss SkipgramPiece::train_copies(const SkipgramWalks& given, Offset begin, Offset end, const Matrix& in,
                                         const Matrix& out) {
  plan(given, begin, end);
  in_.copy(in), out_.copy(out);
  const SkipgramLoss loss = train(given, begin, end);
  in_.subtract(in), out_.subtract(out);
  return loss;
}

SkipgramLoss SkipgramPiece::train_in_place(const SkipgramWalks& given, Offset begin, Offset end, Matrix& in,
                                           Matrix& out) {
  plan(given, begin, end);
  in_.borrow(in), out_.borrow(out);
  return train(given, begin, end);
}

}  // namespace pfm
