#include <pfm/nn/attention.h>

namespace pfm {

Var attend(std::shared_ptr<const AttentionPlan> plan, const AttentionHeads& heads, const Var& q, const Var& k,
           const Var& v, const Var& bias) {
  auto table = [bias] { return bias ? &bias.value() : nullptr; };
  SegmentAttention result = attend(*plan, heads, q.value(), k.value(), v.value(), table());
  auto log_sums = std::make_shared<Matrix>(std::move(result.log_sums));
  std::vector<Var> inputs{q, k, v};
  if (bias) inputs.push_back(bias);
  return Var::record(std::move(result.out), std::move(inputs), [=](const Matrix& out, Matrix& grad) {
    const bool asked = bias && bias.wants_gradient();
    SegmentAttentionGradients g =
        attend_gradients(*plan, heads, q.value(), k.value(), v.value(), table(), asked, out, *log_sums, grad);
    q.accumulate(std::move(g.q));
    k.accumulate(std::move(g.k));
    v.accumulate(std::move(g.v));
    if (asked) bias.accumulate(std::move(g.bias));
  });
}

}  // namespace pfm
