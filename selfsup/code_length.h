// How likely a model finds texts.
#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace pfm {

// Minus the logarithm of a probability, of so many tokens together; 0 where characters are predicted.
struct CodeLength {
  double nats = 0;
  std::int64_t predictions = 0;
};

// Of documents that follow each other, a blank line between two: what a reader of the whole file would predict.
using TextLikelihood = std::function<CodeLength(std::span<const std::string> documents)>;

// Metric and value of what a method itself measures on documents that it did not learn from: how well it finds hidden
// tokens, tells pairs.
using TextScores = std::function<std::vector<std::pair<std::string, double>>(std::span<const std::string> documents)>;

}  // namespace pfm
