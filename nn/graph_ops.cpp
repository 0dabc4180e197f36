#include <pfm/graph/diffusion.h>
#include <pfm/kernels/edges.h>
#include <pfm/kernels/gemm.h>
#include <pfm/kernels/parallel.h>
#include <pfm/kernels/rows.h>
#include <pfm/nn/graph_ops.h>

namespace pfm {

static Matrix product(const Sparse& a, const Matrix& x) {
  Matrix out(a.rows(), x.cols());
  spmm(a.view(), x, out);
  return out;
}

Var spmm(const Sparse& a, const Var& x) {
  return Var::record(product(a, x.value()), {x},
                     [a, x = x.slot()](const Matrix& grad) { x.accumulate(product(a.transpose(), grad)); });
}

Var spmm_add_row(const Sparse& a, const Var& x, const Var& row) {
  Matrix out(a.rows(), x.cols());
  spmm_from(row.value(), a.view(), x.value(), out);
  return Var::record(std::move(out), {x, row}, [a, x = x.slot(), row = row.slot()](const Matrix& grad) {
    if (row.wants_gradient()) row.accumulate(column_sums(grad));
    if (x.wants_gradient()) x.accumulate(product(a.transpose(), grad));
  });
}

Var spmm_with_own(Real own, const Sparse& a, const Var& x) {
  expect(a.rows() <= a.cols(), "spmm_with_own: rows of a are among its columns");
  const auto product_with_own = [own](const Sparse& along, const Matrix& rows) {
    Matrix out(along.rows(), rows.cols());
    spmm_with_own(own, along.view(), rows, out);
    return out;
  };
  return Var::record(product_with_own(a, x.value()), {x},
                     [=, x = x.slot()](const Matrix& grad) { x.accumulate(product_with_own(a.transpose(), grad)); });
}

Var spmm(const Sparse& a, const Var& edge, const Var& x) {
  Matrix out = weighted_sums(a.view(), edge.value(), x.value());
  return Var::record(std::move(out), {edge, x}, [a, edge, x](const Matrix& grad) {
    if (edge.wants_gradient()) edge.accumulate(edge_dots(a.view(), grad, x.value(), edge.cols()));
    if (x.wants_gradient()) x.accumulate(weighted_sums(a.transpose().view(), edge.value(), grad, a.transpose_order()));
  });
}

// Rows divided by the number of their entries.
static Matrix divided_by_entries(const Sparse& a, const Matrix& grad) {
  Matrix out(grad.rows(), grad.cols());
  parallel_for(a.rows(), rows_per_block(grad.cols()), [&](Offset begin, Offset end) {
    for (Offset i = begin; i < end; ++i) {
      const auto entries = Real(std::max<std::size_t>(1, a.columns(i).size()));
      for (Offset k = 0; k < grad.cols(); ++k) out(i, k) = grad(i, k) / entries;
    }
  });
  return out;
}

// Source j takes from target i what the entry between them won.
static Matrix won(const Sparse& a, const std::vector<Offset>& arg_max, const Matrix& grad) {
  const CsrView& back = a.transpose().view();
  const auto order = a.transpose_order();
  const Offset d = grad.cols();
  Matrix out = Matrix::zeros(a.cols(), d);
  parallel_rows(back, std::max<Offset>(64, 65536 / std::max<Offset>(1, d)), [&](Offset begin, Offset end) {
    for (Offset j = begin; j < end; ++j)
      for (Offset place = back.offsets[j]; place < back.offsets[j + 1]; ++place) {
        const Offset i = back.columns[place], e = order[place];
        const Real value = a.weighted() ? a.view().values[e] : 1;
        for (Offset k = 0; k < d; ++k)
          if (arg_max[i * d + k] == e) out(j, k) += value * grad(i, k);
      }
  });
  return out;
}

Var aggregate(const Sparse& a, const Var& x, Reduce reduce) {
  if (reduce == Reduce::sum) return spmm(a, x);
  Matrix out(a.rows(), x.cols());
  if (reduce == Reduce::mean) {
    spmm(a.view(), x.value(), out, Reduce::mean);
    return Var::record(std::move(out), {x}, [a, x = x.slot()](const Matrix& grad) {
      x.accumulate(product(a.transpose(), divided_by_entries(a, grad)));
    });
  }
  std::vector<Offset> arg_max(out.size());
  spmm(a.view(), x.value(), out, Reduce::max, arg_max);
  return Var::record(std::move(out), {x}, [a, x = x.slot(), arg = std::move(arg_max)](const Matrix& grad) {
    x.accumulate(won(a, arg, grad));
  });
}

Var diffuse_pagerank(const Sparse& a, const Var& x, double alpha) {
  constexpr double tolerance = sizeof(Real) == 4 ? 1e-7 : 1e-15;
  return Var::record(diffuse_pagerank(a, x.value(), alpha, tolerance), {x},
                     [a, x = x.slot(), alpha](const Matrix& grad) {
                       x.accumulate(diffuse_pagerank(a.transpose(), grad, alpha, tolerance));
                     });
}

Var multiply(const Features& x, const Var& w) {
  return Var::record(multiply(x, w.value()), {w}, [x, w = w.slot()](const Matrix& grad) {
    if (x.is_identity())
      w.accumulate(grad.clone());
    else if (x.is_dense())
      w.accumulate(transposed_multiply(x.dense(), grad));
    else
      w.accumulate(product(x.sparse().transpose(), grad));
  });
}

}  // namespace pfm
