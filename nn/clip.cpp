#include <pfm/kernels/parallel.h>
#include <pfm/kernels/rows.h>
#include <pfm/nn/clip.h>

#include <cmath>

namespace pfm {

double gradient_norm(const Params& p) {
  const Params store = p.whole();
  double sum = 0;
  for (const std::string& name : p.trainable()) sum += total_of_squares(store.at(name).grad());
  return std::sqrt(sum);
}

double clip_gradients(const Params& p, double largest) {
  const double norm = gradient_norm(p), factor = largest / (norm + 1e-6);
  if (!(factor < 1)) return norm;
  const Params store = p.whole();
  for (const std::string& name : p.trainable()) {
    const Var parameter = store.at(name);
    Matrix grad = parameter.take_grad();
    if (grad.empty()) continue;
    parallel_for(grad.size(), 65536, [&](Offset begin, Offset end) {
      for (Offset i = begin; i < end; ++i) grad.data()[i] *= Real(factor);
    });
    parameter.accumulate(std::move(grad));
  }
  return norm;
}

}  // namespace pfm
