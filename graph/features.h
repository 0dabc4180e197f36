// Rows that describe things: dense, sparse or none.
#pragma once
#include <pfm/kernels/sparse.h>

#include <variant>

namespace pfm {

// [N, F], immutable, copies share. Bag-of-words stays sparse from file to first layer. None = identity rows, F = N, so
// that a first product is a look-up in a table. Node types of different width lie in disjoint column ranges of one
// sparse matrix.
class Features {
 public:
  Features() : Features(identity(0)) {}
  Features(Matrix dense);   // NOLINT: a matrix is features
  Features(Sparse sparse);  // NOLINT
  static Features identity(NodeId nodes);

  Offset rows() const;
  Offset cols() const;
  bool is_dense() const { return std::holds_alternative<std::shared_ptr<const Matrix>>(rows_); }
  bool is_sparse() const { return std::holds_alternative<Sparse>(rows_); }
  bool is_identity() const { return std::holds_alternative<NodeId>(rows_); }
  const Matrix& dense() const { return *std::get<std::shared_ptr<const Matrix>>(rows_); }
  const Sparse& sparse() const { return std::get<Sparse>(rows_); }
  double density() const;  // the part of all entries that is stored: 1 for dense rows, 1 / N for identity rows

  Features gather(std::span<const NodeId> ids) const;  // row i of the result is row ids[i]; identity rows become sparse
  Features row_normalised() const;                     // rows sum to 1 in absolute value; zero rows stay zero
  Sparse as_sparse() const;                            // identity and dense too (zeros are left out)
  Matrix as_dense() const;                             // for small ones: sparse rows are meant to stay sparse

 private:
  std::variant<NodeId, std::shared_ptr<const Matrix>, Sparse> rows_;
};

Features unit_rows(const Features& x);                  // every row to Euclidean norm 1; zero rows stay zero
Features multiply(const Sparse& a, const Features& x);  // [n, N] [N, F] -> [n, F]; sparse up to half full
Matrix multiply(const Features& x, const Matrix& w);    // [N, F] [F, k] -> [N, k]

}  // namespace pfm
