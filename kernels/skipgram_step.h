// The arithmetic of skip-gram: a window's rows against a few outputs, two small matrix products each way.
#pragma once
#include <pfm/kernels/vector.h>

#include <array>
#include <vector>

namespace pfm {

// Outputs that a step's inputs share; rows differ from each other.
struct StepOutputs {
  static constexpr int most = 8;
  int count = 0;
  std::array<Real*, most> rows{};
  std::array<Real, most> labels{};   // 1 or 0
  std::array<Real, most> weights{};  // how often the output counts; 0 from `count` on
};

// One step of gradient descent from inputs A [m, width] and outputs B [n, width], both as they stand before it:
//   G = rate weights (labels - sigmoid(A B^T)),  A += G B,  B += G^T A.
// `width` is a multiple of the machine's vector. An input may occur more than once: all its products are from before,
// all its changes count. `work` is scratch space. Returns the loss before: each output's, weighted, over all inputs.
double skipgram_step(std::span<Real* const> inputs, const StepOutputs& outputs, Offset width, Real rate,
                     std::vector<Real>& work);

}  // namespace pfm
