#include <fmt/format.h>
#include <pfm/nlp/generation.h>
#include <pfm/nn/shape.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace pfm::nlp {
namespace {

// Rows of a block. A product of so few rows takes about as long as one of a single row: the weights are read
// once.
constexpr Offset rows_at_once = 8;

Offset blocks_of(Offset tokens) { return (tokens + rows_at_once - 1) / rows_at_once * rows_at_once; }

// The rows [first, first + rows_at_once) of a sequence of `capacity` rows, each sees those up to itself.
AttentionPlan looking_back(Offset first, Offset capacity) {
  AttentionPlan plan{.queries = {0, rows_at_once}, .keys = {0, capacity}};
  for (Offset i = 0; i < rows_at_once; ++i) plan.mask.last.push_back(first + i + 1);
  return plan;
}

// Tokens of the highest scores first.
std::vector<TokenId> by_score(std::span<const Real> scores, std::size_t most) {
  std::vector<TokenId> order(scores.size());
  std::iota(order.begin(), order.end(), 0);
  const auto higher = [&](TokenId a, TokenId b) {
    const Real x = scores[std::size_t(a)], y = scores[std::size_t(b)];
    return x > y || (x == y && a < b);
  };
  std::partial_sort(order.begin(), order.begin() + std::ptrdiff_t(most), order.end(), higher);
  order.resize(most);
  return order;
}

}  // namespace

GrowingText::GrowingText(const CausalModel& model) : model_(model) {
  const Architecture& a = model.encoder.architecture;
  if (!a.causal || a.relative_buckets > 0)
    throw Error(Fault::input, fmt::format("{}: reads whole texts and predicts no next token; expected a causal model "
                                          "such as gpt or GPT-2",
                                          a.family));
  constexpr Offset without_positions = 4096;
  longest_ = a.positions > 0 ? longest_sentence(a) : without_positions;
  kept_.reserve(model.encoder.transformer.layers.size());
  for (std::size_t l = 0; l < model.encoder.transformer.layers.size(); ++l)
    kept_.emplace_back(blocks_of(longest_), a.hidden);
}

void GrowingText::run_block(Offset first) {
  const NoGradient none;
  const TextEncoder& network = model_.encoder;
  TextRows rows;
  for (Offset i = first; i < first + rows_at_once; ++i) {  // rows behind the last token are seen by nobody
    const Offset at = std::min(i, Offset(tokens_.size()) - 1);
    rows.tokens.push_back(tokens_[std::size_t(at)]);
    rows.positions.push_back(NodeId(network.architecture.first_position + at));
  }
  const Var entering = network.embedded(gather_rows(network.tables.tokens, rows.tokens), rows);
  const AttentionPlan plan = looking_back(first, kept_[0].keys.rows());
  const Var behind = network.transformer.onward(plan, entering, kept_, first);
  const auto last = NodeId(std::min(rows_at_once, Offset(tokens_.size()) - first) - 1);
  last_ = gather_rows(behind, std::array{last}).value().clone();
}

void GrowingText::add(std::span<const TokenId> more) {
  auto begin = Offset(tokens_.size());
  tokens_.insert(tokens_.end(), more.begin(), more.end());
  if (Offset(tokens_.size()) > longest_) {
    const Offset left = std::max<Offset>(1, longest_ / 2);
    tokens_.erase(tokens_.begin(), tokens_.end() - left);
    begin = 0;
  }
  for (Offset first = begin / rows_at_once * rows_at_once; first < Offset(tokens_.size()); first += rows_at_once)
    run_block(first);
}

Matrix GrowingText::scores() const {
  expect(!tokens_.empty(), "GrowingText: scores behind a token");
  const NoGradient none;
  return model_.head(Var(last_.clone())).value().clone();
}

TokenId chosen(std::span<const Real> scores, const Choosing& how, double uniform) {
  if (how.greedy) return TokenId(std::ranges::max_element(scores) - scores.begin());
  const std::size_t most = how.top_k > 0 ? std::min(scores.size(), std::size_t(how.top_k)) : scores.size();
  const std::vector<TokenId> order = by_score(scores, most);
  std::vector<double> up_to(most);  // sums of probabilities, not normalised
  double sum = 0;
  for (std::size_t i = 0; i < most; ++i) {
    const double above = double(scores[std::size_t(order[i])]) - double(scores[std::size_t(order[0])]);
    up_to[i] = sum += std::exp(above / how.temperature);
  }
  const auto first_above = [&](double share) {
    const auto found = std::ranges::upper_bound(up_to, share);
    return std::min(std::size_t(found - up_to.begin()), up_to.size() - 1);
  };
  if (how.top_p < 1) {
    const auto enough = std::ranges::lower_bound(up_to, how.top_p * sum);
    up_to.resize(std::min(up_to.size(), std::size_t(enough - up_to.begin()) + 1));
  }
  return order[first_above(uniform * up_to.back())];
}

TokenIds continuation(const CausalModel& model, const TokenIds& prompt, Offset most, const Choosing& how, Rng rng) {
  GrowingText text(model);
  text.add(prompt.empty() ? model.before : prompt);
  TokenIds found;
  for (Offset i = 0; i < most; ++i) {
    const Matrix scores = text.scores();
    const TokenId next = chosen(scores.row(0).first(std::size_t(model.tokenizer.vocabulary->size())), how,
                                rng.uniform(std::uint64_t(i)));
    if (next == model.end) break;
    found.push_back(next);
    text.add(std::array{next});
  }
  return found;
}

}  // namespace pfm::nlp
