#include <pfm/kernels/error.h>
#include <pfm/nn/schedule.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace pfm {

static double progress(std::int64_t step, std::int64_t total) {
  return total <= 0 ? 1 : std::clamp(double(step) / double(total), 0.0, 1.0);
}

double warm_up(std::int64_t step, std::int64_t steps) { return progress(step, steps); }

double linear_decay(std::int64_t step, std::int64_t total) { return 1 - progress(step, total); }

double cosine_decay(std::int64_t step, std::int64_t total) {
  return (1 + std::cos(std::numbers::pi * progress(step, total))) / 2;
}

double polynomial_decay(std::int64_t step, std::int64_t total, double power, double end) {
  return (1 - end) * std::pow(linear_decay(step, total), power) + end;
}

double step_decay(std::int64_t step, std::int64_t every, double factor) {
  return std::pow(factor, double(step / std::max<std::int64_t>(1, every)));
}

double inverse_square_root(std::int64_t step, std::int64_t warmup) {
  const double s = double(step + 1);
  return warmup <= 0 ? 1 / std::sqrt(s) : std::min(1 / std::sqrt(s), s * std::pow(double(warmup), -1.5));
}

static double constant(std::int64_t, std::int64_t) { return 1; }
static double thirds(std::int64_t step, std::int64_t total) { return step_decay(step, (total + 2) / 3, 0.1); }

Schedule::Schedule(const std::string& shape, double rate, std::int64_t warmup, std::int64_t total)
    : shape_(shape == "constant" ? constant
             : shape == "linear" ? linear_decay
             : shape == "cosine" ? cosine_decay
             : shape == "step"   ? thirds
                                 : nullptr),
      rate_(rate),
      warmup_(warmup),
      total_(total) {
  if (!shape_)
    throw Error(Fault::usage, "schedule: \"" + shape + "\" is not known; choose one of constant, linear, cosine, step");
}

double Schedule::operator()(std::int64_t step) const {
  if (step < warmup_) return rate_ * warm_up(step, warmup_);
  return rate_ * shape_(step - warmup_, total_ - warmup_);
}

}  // namespace pfm
