// A sparse matrix that owns or shares its arrays: adjacency, normalised adjacency, bag-of-words features.
#pragma once
#include <pfm/kernels/matrix.h>

#include <cstddef>
#include <memory>
#include <vector>

namespace pfm {

// [rows, cols] in compressed rows, columns ascending within a row. Immutable; copies share. The transpose is built
// once, on demand, and kept.
class Sparse {
 public:
  Sparse();  // [0, 0]
  // `values` empty: every entry is 1. Offsets must start at 0, never fall and end at the number of columns' entries;
  // every column lies in [0, cols): broken expectations otherwise (readers of files check before).
  Sparse(Offset rows, Offset cols, std::vector<Offset> offsets, std::vector<NodeId> columns,
         std::vector<Real> values = {});
  // The same over arrays that `owner` keeps alive (a mapped file).
  Sparse(CsrView view, std::shared_ptr<const void> owner);

  Offset rows() const { return view().rows; }
  Offset cols() const { return view().cols; }
  Offset nonzeros() const { return view().nonzeros(); }
  const CsrView& view() const;
  std::span<const NodeId> columns(Offset row) const;
  std::span<const Real> values(Offset row) const;  // empty when every entry is 1
  bool weighted() const { return !view().values.empty(); }
  bool symmetric() const;  // square and equal to its transpose, values included; decided once, without making that

  const Sparse& transpose() const;  // shares the arrays of a symmetric matrix
  // Entry k of the transpose is entry transpose_order()[k] of this matrix. [nnz], built once.
  std::span<const Offset> transpose_order() const;

  // The same matrix, of which the caller knows that it equals its transpose: none is built to find out.
  const Sparse& known_symmetric() const;

  Sparse with_values(std::vector<Real> values) const;  // the same structure, other values [nnz]
  Sparse without_values() const;                       // the same structure, every entry 1

 private:
  struct Shared;
  explicit Sparse(std::nullptr_t);  // no arrays yet
  std::shared_ptr<Shared> shared_;
};

Sparse multiply(const Sparse& a, const Sparse& b);  // [m, k] [k, n] -> [m, n], row by row (Gustavson 1978)

}  // namespace pfm
