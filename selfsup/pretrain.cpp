#include <pfm/nn/clip.h>
#include <pfm/nn/optimiser.h>
#include <pfm/nn/schedule.h>
#include <pfm/selfsup/pretrain.h>

#include <cmath>
#include <limits>

namespace pfm {
namespace {

// The loop's own state, kept in the store like everything else, so that a checkpoint is complete. Whole numbers below
// 2^24 are exact even in float; steps are kept in two of them.
struct State {
  Var step, waited, best, first, last, sum;  // sum: of the losses of the epoch that is not yet over
  explicit State(const Params& p)
      : step(p.state("step", 1, 2)),
        waited(p.state("waited", 1, 1)),
        best(p.state("best_loss", 1, 1, std::numeric_limits<Real>::infinity())),
        first(p.state("first_loss", 1, 1)),
        last(p.state("last_loss", 1, 1)),
        sum(p.state("epoch_loss", 1, 1)) {}

  static constexpr std::int64_t unit = 1 << 20;
  std::int64_t steps() const { return std::int64_t(step.value()(0, 0)) * unit + std::int64_t(step.value()(0, 1)); }
  void set_steps(std::int64_t n) { step.value() = Matrix(1, 2, {Real(n / unit), Real(n % unit)}); }
};

const std::string best_scope = "training.best.";

// What the model is: weights, and also what moves beside them, such as BatchNorm's running moments. Not the optimiser's
// and the loop's own entries.
std::vector<std::string> of_model(const Params& params) {
  std::vector<std::string> names;
  for (const auto& [name, entry] : params.entries())
    if (!name.starts_with("optimiser.") && !name.starts_with("training.")) names.push_back(name);
  return names;
}

void keep_best(const Params& params) {
  for (const std::string& name : of_model(params)) {
    const Matrix& now = params.at(name).value();
    Var kept = params.state(best_scope + name, now.rows(), now.cols());
    std::copy_n(now.data(), now.size(), kept.value().data());
  }
}

void restore_best(const Params& params) {
  for (const std::string& name : of_model(params))
    if (params.has(best_scope + name)) params.at(name).value() = params.at(best_scope + name).value().clone();
}

class Loop {
 public:
  Loop(const Pretext& pretext, Offset batches, Rng rng, const Callbacks& callbacks)
      : pretext_(pretext),
        batches_(batches),
        rng_(rng),
        callbacks_(callbacks),
        state_(pretext.params / "training"),
        optimiser_(pretext.training.optimiser, {.weight_decay = pretext.training.weight_decay}),
        schedule_(pretext.training.schedule, pretext.training.lr, pretext.training.warmup * batches,
                  pretext.training.epochs * batches),
        done_(state_.steps()) {}

  std::int64_t done() const { return done_; }
  bool over() const { return done_ >= steps() || out_of_patience(); }

  bool step(const Batch& batch) {  // false: a callback asks to stop
    const Rng at = rng_.split(std::uint64_t(done_));
    pretext_.params.clear_grads();
    const Var loss = pretext_.step ? Var() : pretext_.loss(batch, at);
    const Real value = pretext_.step ? Real(pretext_.step(batch, done_, at)) : loss.scalar();
    if (!std::isfinite(value))
      throw Error(Fault::input, "training: the loss is not finite at step " + std::to_string(done_) +
                                    "; a smaller lr or clipped gradients (clip=1) may help");
    note(value);
    if (loss && !out_of_patience()) update(loss);
    if (pretext_.after_step && !out_of_patience()) pretext_.after_step(done_, at);
    if (callbacks_.validate && (done_ + 1) % batches_ == 0) watch(Real(callbacks_.validate()));
    state_.set_steps(++done_);
    if (callbacks_.checkpoint && callbacks_.checkpoint_every > 0 && done_ % callbacks_.checkpoint_every == 0)
      callbacks_.checkpoint(done_);
    return !callbacks_.progress || callbacks_.progress({done_, steps(), double(value)});
  }

  // Rectifiers, which make 0 of what is not a number, can hide it from the loss.
  void check_weights() const {
    for (const std::string& name : pretext_.params.trainable())
      for (const Real v : pretext_.params.at(name).value().values())
        if (!std::isfinite(v))
          throw Error(Fault::input, "training: \"" + name + "\" is not finite after step " + std::to_string(done_) +
                                        "; a smaller lr or clipped gradients (clip=1) may help");
  }

  Trained end() {
    pretext_.params.clear_grads();
    if (over() && selects()) restore_best(pretext_.params);
    check_weights();
    return {done_, double(state_.first.scalar()), double(state_.last.scalar()), over()};
  }

 private:
  std::int64_t steps() const { return pretext_.training.epochs * batches_; }
  bool selects() const { return pretext_.training.patience > 0 || callbacks_.validate; }
  bool out_of_patience() const {
    return pretext_.training.patience > 0 && state_.waited.scalar() >= pretext_.training.patience;
  }

  // The mean of the epoch so far; when it is over, whether it is the best one.
  void note(Real value) {
    const Offset b = done_ % batches_;
    Real& sum = state_.sum.value()(0, 0);
    sum = b == 0 ? value : sum + value;
    const Real mean = sum / Real(b + 1);
    if (done_ < batches_) state_.first.value()(0, 0) = mean;
    state_.last.value()(0, 0) = mean;
    if (b + 1 < batches_) return;
    if (!callbacks_.validate) watch(mean);
  }

  void watch(Real value) {
    if (selects() && value < state_.best.scalar()) {
      state_.best.value()(0, 0) = value, state_.waited.value()(0, 0) = 0;
      keep_best(pretext_.params);
    } else {
      state_.waited.value()(0, 0) += 1;
    }
  }

  void update(const Var& loss) {
    backward(loss);
    if (pretext_.training.clip > 0) clip_gradients(pretext_.params, pretext_.training.clip);
    optimiser_.step(pretext_.params, schedule_(done_), done_);
  }

  const Pretext& pretext_;
  const std::int64_t batches_;
  const Rng rng_;
  const Callbacks& callbacks_;
  State state_;
  const Optimiser optimiser_;
  const Schedule schedule_;
  std::int64_t done_;
};

MiniBatches all_at_once(const Batch& data) {
  return {1, [&data](const Rng&) { return [&data](Offset) { return data; }; }};
}

}  // namespace

Trained pretrain(const Pretext& pretext, const Batch& data, Rng rng, const Callbacks& callbacks) {
  constexpr Offset ahead = 2;  // so that at most four batches are in memory
  const MiniBatches batches = pretext.batches ? pretext.batches(data) : all_at_once(data);
  Loop loop(pretext, batches.an_epoch, rng, callbacks);
  bool go_on = true;
  while (go_on && !loop.over()) {
    const Offset epoch = loop.done() / batches.an_epoch, first = loop.done() % batches.an_epoch;
    const auto make = batches.epoch(rng.split("epochs").split(std::uint64_t(epoch)));
    make_ahead(
        batches.an_epoch - first, ahead, [&](Offset b) { return make(first + b); },
        [&](Batch batch) { return go_on = loop.step(batch); });
  }
  return loop.end();
}

}  // namespace pfm
