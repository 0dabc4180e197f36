// Learning rates over time. `step` counts updates from 0; shapes are shares of the full rate.
#pragma once
#include <cstdint>
#include <string>

namespace pfm {

double warm_up(std::int64_t step, std::int64_t steps);       // step / steps, then 1: the first update has rate 0
double linear_decay(std::int64_t step, std::int64_t total);  // 1 - step / total, 0 afterwards
double cosine_decay(std::int64_t step, std::int64_t total);  // (1 + cos(pi step / total)) / 2, 0 afterwards
double polynomial_decay(std::int64_t step, std::int64_t total, double power, double end);  // from 1 to `end`
double step_decay(std::int64_t step, std::int64_t every, double factor);                   // factor^floor(step / every)
// min(s^-1/2, s warmup^-3/2) with s = step + 1 (Vaswani et al. 2017); the full rate is model width^-1/2.
double inverse_square_root(std::int64_t step, std::int64_t warmup);

// A rate by name: "constant", "linear", "cosine", "step" (a tenth after each third), after `warmup` steps of rising;
// the shape spans the steps from `warmup` to `total`. An unknown name is the user's fault (usage).
class Schedule {
 public:
  Schedule(const std::string& shape, double rate, std::int64_t warmup, std::int64_t total);
  double operator()(std::int64_t step) const;

 private:
  double (*shape_)(std::int64_t step, std::int64_t total);
  double rate_;
  std::int64_t warmup_, total_;
};

}  // namespace pfm
