// The one array: a matrix whose rows are things (nodes, edges, tokens, pixels).
#pragma once
#include <pfm/kernels/error.h>

#include <cstdint>
#include <initializer_list>
#include <span>
#include <utility>

namespace pfm {

#ifdef PFM_DOUBLE
using Real = double;  // gradient checks
#else
using Real = float;
#endif
#ifdef PFM_NARROW  // a test: small graphs pass the limits of these types as large ones those below
using NodeId = std::int16_t;
using Offset = std::int32_t;
#else
using NodeId = std::int32_t;  // nodes, columns, rows of tables
using Offset = std::int64_t;  // edges, entries, sizes
#endif

// [rows, cols], row-major, 64-byte aligned, memory from the pool. Moves; copies only by clone().
class Matrix {
 public:
  Matrix() = default;
  Matrix(Offset rows, Offset cols);  // contents undefined
  Matrix(Offset rows, Offset cols, std::initializer_list<Real> values);
  static Matrix filled(Offset rows, Offset cols, Real value);
  static Matrix zeros(Offset rows, Offset cols) { return filled(rows, cols, 0); }
  Matrix(Matrix&& other) noexcept
      : rows_(std::exchange(other.rows_, 0)),
        cols_(std::exchange(other.cols_, 0)),
        data_(std::exchange(other.data_, nullptr)) {}
  Matrix& operator=(Matrix&& other) noexcept {
    std::swap(rows_, other.rows_), std::swap(cols_, other.cols_), std::swap(data_, other.data_);
    return *this;
  }
  ~Matrix();
  Matrix clone() const;

  Offset rows() const { return rows_; }
  Offset cols() const { return cols_; }
  Offset size() const { return rows_ * cols_; }
  bool empty() const { return size() == 0; }

  Real* data() { return data_; }
  const Real* data() const { return data_; }
  Real& operator()(Offset i, Offset j) { return data_[i * cols_ + j]; }
  const Real& operator()(Offset i, Offset j) const { return data_[i * cols_ + j]; }
  std::span<Real> row(Offset i) { return {data_ + i * cols_, std::size_t(cols_)}; }
  std::span<const Real> row(Offset i) const { return {data_ + i * cols_, std::size_t(cols_)}; }
  std::span<Real> values() { return {data_, std::size_t(size())}; }
  std::span<const Real> values() const { return {data_, std::size_t(size())}; }
  bool same_shape(const Matrix& other) const { return rows_ == other.rows_ && cols_ == other.cols_; }

 private:
  Offset rows_ = 0, cols_ = 0;
  Real* data_ = nullptr;
};

// A sparse matrix in compressed rows, not owned. Columns of a row may be in any order.
struct CsrView {
  Offset rows = 0, cols = 0;
  std::span<const Offset> offsets;  // [rows + 1], offsets[0] = 0
  std::span<const NodeId> columns;  // [nnz]
  std::span<const Real> values;     // [nnz], or empty: every entry is 1
  Offset nonzeros() const { return static_cast<Offset>(columns.size()); }
};

}  // namespace pfm
