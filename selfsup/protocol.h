// What training may see, and how the result is scored.
#pragma once
#include <pfm/graph/dataset.h>
#include <pfm/graph/link_split.h>
#include <pfm/kernels/random.h>
#include <pfm/selfsup/code_length.h>
#include <pfm/selfsup/split.h>

#include <functional>
#include <string>
#include <utility>

namespace pfm {

// What a method or a control leaves behind.
struct Outcome {
  Features embedding;                                                   // [N, d] or [G, d]; no rows: scores alone
  std::function<Matrix(std::span<const Edge> pairs)> pair_scores = {};  // [pairs, 1], where the method has its own
  Matrix class_scores = {};                                             // [items, classes], likewise
  TextLikelihood code_length = {};                                      // likewise
  TextScores own_scores = {};                                           // likewise
};

// Metric and value, the main metric first. Percentages, but losses, perplexity and bits are plain.
using Scores = std::vector<std::pair<std::string, double>>;

// What the validation part says of class scores: mean cross-entropy in nats, and the share that is right.
struct Validation {
  double loss = 0, accuracy = 0;
};
using Validator = std::function<Validation(const Matrix& class_scores)>;  // [items, classes]

struct Protocol {
  std::string id, about;
  Task task;
  // The data set without what is held out: test edges, labels outside the training part.
  std::function<Dataset(const Dataset& data, Rng rng)> view;
  // The same `rng` as view: splits are drawn again, never stored.
  std::function<Scores(const Outcome& outcome, const Dataset& data, Rng rng)> score;
  // Names of the table below; "random" is the untrained encoder, "baseline" the method's baseline, trained.
  std::vector<std::string> controls;
  // The same `rng` too. Training may ask it between steps; the labels stay here. Empty: nothing is validated.
  std::function<Validator(const Dataset& data, Rng rng)> validator = {};
  // What is embedded after training, where that is more than the view: nodes that training never saw. The same `rng`.
  std::function<Dataset(const Dataset& data, Rng rng)> embedded = {};
  // Of links: the pairs that the view lacks. The same `rng`.
  HeldOut (*held_out)(const Dataset& data, Rng rng) = nullptr;
  // Of ten folds: the parts of each turn, the next fold validates. The view shows none of their labels. The same `rng`.
  std::function<std::vector<Split>(const Dataset& data, Rng rng)> turns = {};
  bool of_rows = true;  // false: the score looks at no embedding
};

// protocol.score(), once the rows are known to be those of what it scores. Error(input): they are not.
Scores score_of(const Protocol& protocol, const Outcome& outcome, const Dataset& data, Rng rng);

const std::vector<Protocol>& protocols();
const Protocol& protocol(const std::string& id);        // Error: unknown, with the nearest one
const Protocol& default_protocol(const Dataset& data);  // Error where nothing can be scored

// Rows, or scores of pairs, that nobody trained.
struct Control {
  std::string name, about;
  Outcome (*make)(const Dataset& view, Rng rng);
  bool (*fits)(const Dataset& view) =
      nullptr;  // false: these data have no such rows, nothing is scored; null = all have
};
const std::vector<Control>& controls();

}  // namespace pfm
