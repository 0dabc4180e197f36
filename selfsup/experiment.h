// One seed of an experiment: pretrain, score, and score the controls beside it.
#pragma once
#include <pfm/selfsup/method.h>
#include <pfm/selfsup/pretrain.h>
#include <pfm/selfsup/protocol.h>

namespace pfm {

struct SeedResult {
  Scores trained;
  std::vector<std::pair<std::string, Scores>> controls;
  Trained training;
  double prepare_seconds = 0, train_seconds = 0, evaluate_seconds = 0;
  std::vector<Options::Asked> options;  // every option the method asked, with its value
};

SeedResult run_seed(const Method& method, const Dataset& data, const Protocol& protocol, const Options::Values& options,
                    std::uint64_t seed, const Callbacks& callbacks = {});

// The embedding of every row of `data` by a trained or untrained pretext, nothing recorded.
Outcome outcome_of(const Pretext& pretext, const Batch& data);

}  // namespace pfm
