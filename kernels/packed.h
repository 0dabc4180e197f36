// Weights of products that are computed again and again without gradients, stored as these read them.
#pragma once
#include <pfm/kernels/gemm.h>
#include <pfm/kernels/panels.h>

#include <memory>

namespace pfm {

// The nearest number of 8 significant bits (bfloat16), ties to the even one.
float rounded_to_bf16(float x);

enum class Precision { full, bf16 };

class Packed {
 public:
  Packed(const Matrix& b, Precision precision);  // [k, n]

  // epilogue(a b), a [m, k] -> [m, n]. In bf16 b is rounded; processors with products of bf16 round a too and sum in
  // single precision, elsewhere a is taken as it is and the rounded weights are multiplied in full precision.
  Matrix multiply(const Matrix& a, const Epilogue& epilogue = {}) const;
  // next.multiply(multiply(a, epilogue), last); in bf16 the rows between the two are not kept.
  Matrix multiply(const Matrix& a, const Epilogue& epilogue, const Packed& next, const Epilogue& last) const;

 private:
  struct Narrow;
  void expect_sizes(Offset inner, const Epilogue& epilogue) const;

  Offset rows_, cols_;
  std::shared_ptr<const Narrow> narrow_;  // as the processor's products of bf16 want them, or none
  Panels panels_;                         // without such products
};

}  // namespace pfm
