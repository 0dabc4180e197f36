// Weights of products that are computed again and again without gradients, kept in 16 bits.
#pragma once
#include <pfm/kernels/gemm.h>

#include <memory>

namespace pfm {

// The nearest number of 8 significant bits (bfloat16), ties to the even one.
float rounded_to_bf16(float x);

class Packed {
 public:
  explicit Packed(const Matrix& b);  // [k, n], rounded to bf16

  // epilogue(a b), a [m, k] -> [m, n]. Processors with products of bf16 round a too and sum in single precision;
  // elsewhere a is taken as it is and the rounded weights are multiplied in single precision.
  Matrix multiply(const Matrix& a, const Epilogue& epilogue = {}) const;

 private:
  struct Narrow;
  std::shared_ptr<const Narrow> narrow_;  // as the processor's products want them, or none
  Matrix rounded_;                        // [k, n], without such products
};

}  // namespace pfm
