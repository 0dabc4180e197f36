// One seed of an experiment: pretrain, score, and score the controls beside it.
#pragma once
#include <pfm/selfsup/method.h>
#include <pfm/selfsup/pretrain.h>
#include <pfm/selfsup/protocol.h>

#include <functional>

namespace pfm {

struct SeedResult {
  Scores trained;
  std::vector<std::pair<std::string, Scores>> controls;
  Trained training;
  double prepare_seconds = 0, train_seconds = 0, evaluate_seconds = 0;
  std::vector<Options::Asked> options;  // every option the method asked, with its value
};

// One seed made ready: what training may see and the pretext before training. Every draw is a function of the seed.
struct PreparedSeed {
  Dataset view, embedded;  // the same, but for protocols that embed more than training sees
  Pretext pretext;
  Batch batch, rows;                    // the rows of each as the encoder gets them
  std::vector<Options::Asked> options;  // every option the method asked, with its value
  Options::Values learned;              // what it learned from the view: Options::learned()
  std::function<double()> validate;     // for Callbacks; empty unless the method watches what the protocol validates
  Rng training, scoring;                // what pretrain(), what the protocol's view and score draw from
};
PreparedSeed prepare_seed(const Method& method, const Dataset& data, const Protocol& protocol,
                          const Options::Values& options, std::uint64_t seed);
Rng scoring_rng(std::uint64_t seed);

// Told before rows are scored which ones: a control's name, or "trained". What it throws ends the experiment.
using Announce = std::function<void(const std::string& rows)>;

// The protocol's controls that need no training, scored like a trained encoder. "random" is left out where there is no
// untrained one: of rows from elsewhere and of a closed form.
std::vector<std::pair<std::string, Scores>> control_scores(
    const Protocol& protocol, const Dataset& data, const Dataset& embedded, const Pretext* untrained, Rng scoring,
    const Announce& announce = [](const std::string&) {});

// The method's baseline, prepared, trained and scored as the method is, where there is one and the protocol asks for
// it: its id and scores, added to `controls`.
void add_baseline(
    std::vector<std::pair<std::string, Scores>>& controls, const Method& method, const Dataset& data,
    const Protocol& protocol, const std::vector<Options::Asked>& options, std::uint64_t seed,
    const Announce& announce = [](const std::string&) {});

SeedResult run_seed(
    const Method& method, const Dataset& data, const Protocol& protocol, const Options::Values& options,
    std::uint64_t seed, const Callbacks& callbacks = {}, const Announce& announce = [](const std::string&) {});

// What a trained or untrained pretext says of `data`, nothing recorded: unless no `rows` are wanted the embedding too.
Outcome outcome_of(const Pretext& pretext, const Batch& data, bool rows = true);

}  // namespace pfm
