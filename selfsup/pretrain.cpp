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
  Var step, waited, best, first, last;
  explicit State(const Params& p)
      : step(p.state("step", 1, 2)),
        waited(p.state("waited", 1, 1)),
        best(p.state("best_loss", 1, 1, std::numeric_limits<Real>::infinity())),
        first(p.state("first_loss", 1, 1)),
        last(p.state("last_loss", 1, 1)) {}

  static constexpr std::int64_t unit = 1 << 20;
  std::int64_t steps() const { return std::int64_t(step.value()(0, 0)) * unit + std::int64_t(step.value()(0, 1)); }
  void set_steps(std::int64_t n) { step.value() = Matrix(1, 2, {Real(n / unit), Real(n % unit)}); }
};

const std::string best_scope = "training.best.";

void keep_best(const Params& params) {
  for (const std::string& name : params.trainable()) {
    const Matrix& now = params.at(name).value();
    Var kept = params.state(best_scope + name, now.rows(), now.cols());
    std::copy_n(now.data(), now.size(), kept.value().data());
  }
}

void restore_best(const Params& params) {
  for (const std::string& name : params.trainable())
    if (params.has(best_scope + name)) params.at(name).value() = params.at(best_scope + name).value().clone();
}

}  // namespace

Trained pretrain(const Pretext& pretext, const Batch& data, Rng rng, const Callbacks& callbacks) {
  const Training& t = pretext.training;
  const Params& params = pretext.params;
  State state(params / "training");
  const Optimiser optimiser(t.optimiser, {.weight_decay = t.weight_decay});
  const Schedule schedule(t.schedule, t.lr, t.warmup, t.epochs);
  bool go_on = true;
  std::int64_t step = state.steps();
  const auto out_of_patience = [&] { return t.patience > 0 && state.waited.scalar() >= t.patience; };
  while (go_on && step < t.epochs && !out_of_patience()) {
    const Rng at = rng.split(std::uint64_t(step));
    params.clear_grads();
    const Var loss = pretext.step ? Var() : pretext.loss(data, at);
    const Real value = pretext.step ? Real(pretext.step(data, step, at)) : loss.scalar();
    if (!std::isfinite(value))
      throw Error(Fault::input, "training: the loss is not finite at step " + std::to_string(step) +
                                    "; a smaller lr or clipped gradients (clip=1) may help");
    if (step == 0) state.first.value()(0, 0) = value;
    state.last.value()(0, 0) = value;
    if (t.patience > 0 && value < state.best.scalar()) {
      state.best.value()(0, 0) = value, state.waited.value()(0, 0) = 0;
      keep_best(params);
    } else {
      state.waited.value()(0, 0) += 1;
    }
    if (loss && !out_of_patience()) {
      backward(loss);
      if (t.clip > 0) clip_gradients(params, t.clip);
      optimiser.step(params, schedule(step), step);
    }
    if (pretext.after_step && !out_of_patience()) pretext.after_step(step, at);
    state.set_steps(++step);
    if (callbacks.checkpoint && callbacks.checkpoint_every > 0 && step % callbacks.checkpoint_every == 0)
      callbacks.checkpoint(step);
    if (callbacks.progress) go_on = callbacks.progress({step, t.epochs, double(value)});
  }
  params.clear_grads();
  const bool finished = step >= t.epochs || out_of_patience();
  if (finished && t.patience > 0) restore_best(params);
  return {step, double(state.first.scalar()), double(state.last.scalar()), finished};
}

}  // namespace pfm
