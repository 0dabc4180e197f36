#include <pfm/graph/features.h>
#include <pfm/kernels/gemm.h>
#include <pfm/kernels/parallel.h>
#include <pfm/kernels/rows.h>
#include <pfm/kernels/spmm.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace pfm {

Features::Features(Matrix dense) : rows_(std::make_shared<const Matrix>(std::move(dense))) {}
Features::Features(Sparse sparse) : rows_(std::move(sparse)) {}

Features Features::identity(NodeId nodes) {
  Features result{Sparse()};
  result.rows_ = nodes;
  return result;
}

Offset Features::rows() const {
  return is_identity() ? std::get<NodeId>(rows_) : is_dense() ? dense().rows() : sparse().rows();
}
Offset Features::cols() const {
  return is_identity() ? std::get<NodeId>(rows_) : is_dense() ? dense().cols() : sparse().cols();
}

static Sparse identity_rows(std::span<const NodeId> ids, Offset cols) {
  std::vector<Offset> offsets(ids.size() + 1);
  std::iota(offsets.begin(), offsets.end(), 0);
  return {Offset(ids.size()), cols, std::move(offsets), {ids.begin(), ids.end()}};
}

static Sparse gathered(const Sparse& x, std::span<const NodeId> ids) {
  std::vector<Offset> offsets{0};
  std::vector<NodeId> columns;
  std::vector<Real> values;
  offsets.reserve(ids.size() + 1);
  for (NodeId id : ids) {
    const auto row = x.columns(id);
    columns.insert(columns.end(), row.begin(), row.end());
    if (x.weighted()) values.insert(values.end(), x.values(id).begin(), x.values(id).end());
    offsets.push_back(Offset(columns.size()));
  }
  return {Offset(ids.size()), x.cols(), std::move(offsets), std::move(columns), std::move(values)};
}

Features Features::gather(std::span<const NodeId> ids) const {
  if (is_identity()) return identity_rows(ids, cols());
  if (is_sparse()) return gathered(sparse(), ids);
  Matrix result(Offset(ids.size()), cols());
  for (std::size_t i = 0; i < ids.size(); ++i) std::ranges::copy(dense().row(ids[i]), result.row(Offset(i)).begin());
  return result;
}

static void divide_by_sum(std::span<Real> row) {
  double sum = 0;
  for (Real v : row) sum += std::abs(v);
  if (sum > 0)
    for (Real& v : row) v = Real(v / sum);
}

Features Features::row_normalised() const {
  if (is_identity()) return *this;
  if (is_dense()) {
    Matrix result = dense().clone();
    for (Offset i = 0; i < result.rows(); ++i) divide_by_sum(result.row(i));
    return result;
  }
  const CsrView& x = sparse().view();
  std::vector<Real> values(x.values.begin(), x.values.end());
  values.resize(x.columns.size(), 1);
  for (Offset i = 0; i < x.rows; ++i)
    divide_by_sum(std::span(values).subspan(x.offsets[i], x.offsets[i + 1] - x.offsets[i]));
  return sparse().with_values(std::move(values));
}

Features unit_rows(const Features& x) {
  if (x.is_identity()) return x;
  if (x.is_dense()) {
    Matrix rows = x.dense().clone();
    l2_normalise_rows(rows);
    return rows;
  }
  const CsrView& v = x.sparse().view();
  std::vector<Real> values(v.values.begin(), v.values.end());
  values.resize(v.columns.size(), 1);
  parallel_for(v.rows, 256, [&](Offset begin, Offset end) {
    for (Offset i = begin; i < end; ++i) {
      const std::span row = std::span(values).subspan(v.offsets[i], v.offsets[i + 1] - v.offsets[i]);
      double sum = 0;
      for (const Real value : row) sum += double(value) * double(value);
      const Real norm = Real(std::sqrt(sum));
      if (norm > 0)
        for (Real& value : row) value /= norm;
    }
  });
  return x.sparse().with_values(std::move(values));
}

double Features::density() const {
  if (is_dense()) return 1;
  const Offset stored = is_sparse() ? sparse().nonzeros() : rows();
  return double(stored) / std::max(1.0, double(rows()) * double(cols()));
}

Sparse Features::as_sparse() const {
  if (is_sparse()) return sparse();
  std::vector<Offset> offsets{0};
  std::vector<NodeId> columns;
  std::vector<Real> values;
  for (Offset i = 0; i < rows(); ++i) {
    if (is_identity())
      columns.push_back(NodeId(i));
    else
      for (NodeId j = 0; j < cols(); ++j)
        if (dense()(i, j) != 0) columns.push_back(j), values.push_back(dense()(i, j));
    offsets.push_back(Offset(columns.size()));
  }
  return {rows(), cols(), std::move(offsets), std::move(columns), std::move(values)};
}

Matrix Features::as_dense() const {
  if (is_dense()) return dense().clone();
  Matrix result = Matrix::zeros(rows(), cols());
  for (Offset i = 0; i < rows(); ++i) {
    if (is_identity()) {
      result(i, i) = 1;
      continue;
    }
    const auto columns = sparse().columns(i);
    for (std::size_t e = 0; e < columns.size(); ++e)
      result(i, columns[e]) = sparse().weighted() ? sparse().values(i)[e] : 1;
  }
  return result;
}

Features multiply(const Sparse& a, const Features& x) {
  if (x.is_identity()) return a;
  if (x.is_sparse()) {
    Features product = multiply(a, x.sparse());
    if (product.density() > 0.5) return product.as_dense();  // the smaller form
    return product;
  }
  Matrix result(a.rows(), x.cols());
  spmm(a.view(), x.dense(), result);
  return result;
}

Matrix multiply(const Features& x, const Matrix& w) {
  if (x.is_identity()) return w.clone();
  if (x.is_dense()) return multiply(x.dense(), w);
  Matrix result(x.rows(), w.cols());
  spmm(x.sparse().view(), w, result);
  return result;
}

}  // namespace pfm
