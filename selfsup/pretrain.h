// The only training loop.
#pragma once
#include <pfm/selfsup/method.h>

namespace pfm {

struct Progress {
  std::int64_t step, steps;  // done, at most; each takes one mini-batch
  double loss;               // of this step
};

struct Callbacks {
  std::function<bool(const Progress&)> progress = {};      // false: stop after this step, the state is complete
  std::function<void(std::int64_t step)> checkpoint = {};  // called every `checkpoint_every` steps, between two steps
  std::int64_t checkpoint_every = 0;
  // Of the weights after an epoch, lower is better: watched instead of the training loss.
  std::function<double()> validate = {};
};

struct Trained {
  std::int64_t steps = 0;                // done in all, earlier runs included
  double first_loss = 0, last_loss = 0;  // means over the first epoch and the last one, as far as it went
  bool finished = false;                 // false: stopped by `progress`
};

// Trains on `data` until the epochs are over or what is watched, the loss as the mean of an epoch's steps or what
// `validate` says, has not fallen for `patience` epochs; with patience or validation the best weights, the first at a
// tie, are then restored. Starts where the state in pretext.params says, within an epoch too: a loaded checkpoint goes
// on exactly. Step t draws from rng.split(t) alone, epoch e is cut, and what is made with its batches drawn, by
// rng.split("epochs").split(e); other threads make the next mini-batches while one trains. Callbacks come on the
// caller's thread.
Trained pretrain(const Pretext& pretext, const Batch& data, Rng rng, const Callbacks& callbacks = {});

}  // namespace pfm
