// The only training loop.
#pragma once
#include <pfm/selfsup/method.h>

namespace pfm {

struct Progress {
  std::int64_t step, steps;  // done, at most
  double loss;
};

struct Callbacks {
  std::function<bool(const Progress&)> progress = {};      // false: stop after this step, the state is complete
  std::function<void(std::int64_t step)> checkpoint = {};  // called every `checkpoint_every` steps, between two steps
  std::int64_t checkpoint_every = 0;
};

struct Trained {
  std::int64_t steps = 0;  // done in all, earlier runs included
  double first_loss = 0, last_loss = 0;
  bool finished = false;  // false: stopped by `progress`
};

// Trains on `data` until the epochs are over or the loss has not fallen for `patience` epochs; then the best weights
// are restored. Starts where the state in pretext.params says: a loaded checkpoint goes on exactly. Step t draws from
// rng.split(t) alone.
Trained pretrain(const Pretext& pretext, const Batch& data, Rng rng, const Callbacks& callbacks = {});

}  // namespace pfm
