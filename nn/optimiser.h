// Optimisers: one pass over every trainable parameter that has a gradient.
#pragma once
#include <pfm/nn/params.h>

#include <optional>

namespace pfm {

struct OptimiserOptions {
  double weight_decay = 0;             // added to the gradient; adamw, lamb: applied beside it
  double momentum = 0.9;               // sgd, lars
  bool nesterov = false;               // sgd
  double beta1 = 0.9, beta2 = 0.999;   // adam, adamw, lamb
  std::optional<double> epsilon = {};  // adam, adamw 1e-8; adagrad 1e-10; lamb 1e-6
  double trust = 0.001;                // lars: share of the weight's norm that one step may move
};

// "sgd", "adam" (Kingma & Ba 2015), "adamw" (Loshchilov & Hutter 2019), "lars" (You et al. 2017), "lamb" (You et al.
// 2020), "adagrad" (Duchi et al. 2011). What a rule keeps are entries of the store, "optimiser.<what>.<name>", of the
// parameter's shape.
class Optimiser {
 public:
  // An unknown rule is the user's fault (usage).
  explicit Optimiser(const std::string& rule, OptimiserOptions options = {});

  // Update number `step` (0, 1, ..; bias corrections depend on it) of the parameters below the scope of `p`. Those
  // without a gradient stay as they are.
  void step(const Params& p, double lr, std::int64_t step) const;

  // One parameter at one step, as a rule sees it.
  struct Update;

 private:
  void (*rule_)(const OptimiserOptions& options, const Update& update);
  OptimiserOptions options_;
};

}  // namespace pfm
