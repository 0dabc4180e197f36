// A matrix stored for products with few rows: panels of so many columns as fill two vectors, one behind the other. Such
// a product takes longest to read the matrix from memory: here it is read once, in order, ahead of its use.
#pragma once
#include <pfm/kernels/matrix.h>

namespace pfm {

class Panels {
 public:
  Panels() = default;
  explicit Panels(const Matrix& b);  // [k, n]

  // c = a b on the calling thread, a [m, k], c [m, n]: sums over k in order, so that a row's bits do not depend on m.
  void multiply(const Real* a, Offset m, Real* c) const;

  Offset rows() const { return k_; }
  Offset cols() const { return n_; }

 private:
  Offset k_ = 0, n_ = 0;
  Matrix panels_;  // [panels, k * columns], zero behind column n
};

}  // namespace pfm
