#include <pfm/kernels/edges.h>
#include <pfm/kernels/parallel.h>
#include <pfm/nn/edge_ops.h>
#include <pfm/nn/segments.h>

#include <cmath>

namespace pfm {
namespace {

// body(i, j, e) for every entry, rows in blocks.
template <class Body>
void for_entries(const CsrView& a, Offset width, Body body) {
  parallel_rows(a, std::max<Offset>(64, 65536 / std::max<Offset>(1, width)), [&](Offset begin, Offset end) {
    for (Offset i = begin; i < end; ++i)
      for (Offset e = a.offsets[i]; e < a.offsets[i + 1]; ++e) body(i, Offset(a.columns[e]), e);
  });
}

void copy_row(const Matrix& from, Offset row, Matrix& to, Offset to_row) {
  std::copy_n(from.data() + row * from.cols(), from.cols(), to.data() + to_row * to.cols());
}

}  // namespace

Var gather_sources(const Sparse& a, const Var& x) {
  expect(x.rows() == a.cols(), "gather_sources: x [m, k]");
  Matrix out(a.nonzeros(), x.cols());
  for_entries(a.view(), x.cols(), [&](Offset, Offset j, Offset e) { copy_row(x.value(), j, out, e); });
  return Var::record(std::move(out), {x}, [a, x = x.slot()](const Matrix& grad) {
    x.accumulate(edge_sums(a.transpose().view(), grad, a.transpose_order()));
  });
}

Var gather_targets(const Sparse& a, const Var& x) {
  expect(x.rows() == a.rows(), "gather_targets: x [n, k]");
  Matrix out(a.nonzeros(), x.cols());
  for_entries(a.view(), x.cols(), [&](Offset i, Offset, Offset e) { copy_row(x.value(), i, out, e); });
  return Var::record(std::move(out), {x},
                     [a, x = x.slot()](const Matrix& grad) { x.accumulate(edge_sums(a.view(), grad)); });
}

Var edge_dots(const Sparse& a, const Var& x, const Var& y, Offset heads) {
  Matrix out = edge_dots(a.view(), x.value(), y.value(), heads);
  return Var::record(std::move(out), {x, y}, [a, x, y](const Matrix& grad) {
    if (x.wants_gradient()) x.accumulate(weighted_sums(a.view(), grad, y.value()));
    if (y.wants_gradient()) y.accumulate(weighted_sums(a.transpose().view(), grad, x.value(), a.transpose_order()));
  });
}

// The entries of a target are a segment.
Var edge_softmax(const Sparse& a, const Var& scores) { return segment_softmax(scores, a.view().offsets); }

Var aggregate_edges(const Sparse& a, const Var& rows, Reduce reduce) {
  const auto offsets = a.view().offsets;
  return reduce == Reduce::sum    ? segment_sums(rows, offsets)
         : reduce == Reduce::mean ? segment_means(rows, offsets)
                                  : segment_max(rows, offsets);
}

Var along(const Messages& messages, const Var& edges, Real loop) {
  Matrix out(messages.along.nonzeros(), edges.cols());
  for_entries(messages.along.view(), edges.cols(), [&](Offset, Offset, Offset e) {
    if (messages.edge[e] >= 0)
      copy_row(edges.value(), messages.edge[e], out, e);
    else
      std::ranges::fill(out.row(e), loop);
  });
  return Var::record(std::move(out), {edges}, [messages, edges = edges.slot()](const Matrix& grad) {
    Matrix back = Matrix::zeros(edges.rows(), edges.cols());  // a removed loop gets nothing
    for_entries(messages.along.view(), grad.cols(), [&](Offset, Offset, Offset e) {
      if (messages.edge[e] >= 0) copy_row(grad, e, back, messages.edge[e]);
    });
    edges.accumulate(std::move(back));
  });
}

// In a row with an added loop, visit(loop, entry, 1 / others) for each of the other entries.
template <class Visit>
static void for_loops(const Messages& messages, Visit visit) {
  const CsrView& a = messages.along.view();
  parallel_rows(a, 4096, [&](Offset begin, Offset end) {
    for (Offset i = begin; i < end; ++i) {
      Offset loop = -1;
      for (Offset e = a.offsets[i]; e < a.offsets[i + 1]; ++e)
        if (messages.edge[e] < 0) loop = e;
      if (loop < 0) continue;
      const Real share = Real(1) / Real(std::max<Offset>(1, a.offsets[i + 1] - a.offsets[i] - 1));
      for (Offset e = a.offsets[i]; e < a.offsets[i + 1]; ++e)
        if (e != loop) visit(loop, e, share);
    }
  });
}

Var along_with_mean_loops(const Messages& messages, const Var& edges) {
  const Var placed = along(messages, edges, 0);
  const Offset k = edges.cols();
  Matrix out = placed.value().clone();
  for_loops(messages, [&](Offset loop, Offset e, Real share) {
    for (Offset c = 0; c < k; ++c) out(loop, c) += share * placed.value()(e, c);
  });
  return Var::record(std::move(out), {placed}, [messages, placed = placed.slot(), k](const Matrix& grad) {
    Matrix back = grad.clone();
    for_loops(messages, [&](Offset loop, Offset e, Real share) {
      for (Offset c = 0; c < k; ++c) back(e, c) += share * grad(loop, c);
    });
    placed.accumulate(std::move(back));
  });
}

// scale[i] = 1 / d or 1 / sqrt(d), d the sum of row i's weights; 0 where d is not positive.
static Matrix inverse_degrees(const CsrView& a, const Matrix& weights, Norm norm) {
  Matrix scale = edge_sums(a, weights);
  for (Real& d : scale.values()) d = d > 0 ? 1 / (norm == Norm::row ? d : std::sqrt(d)) : 0;
  return scale;
}

Var normalise_edges(const Sparse& a, const Var& weights, Norm norm) {
  expect(a.rows() == a.cols() && weights.cols() == 1, "normalise_edges: a square structure and a weight per entry");
  if (norm == Norm::none) return weights;
  auto scale = std::make_shared<const Matrix>(inverse_degrees(a.view(), weights.value(), norm));
  // How much entry (i, j) is scaled.
  auto factor = [norm, scale](Offset i, Offset j) {
    return norm == Norm::row ? (*scale)(i, 0) : (*scale)(i, 0) * (*scale)(j, 0);
  };
  Matrix out(a.nonzeros(), 1);
  for_entries(a.view(), 1, [&](Offset i, Offset j, Offset e) { out(e, 0) = weights.value()(e, 0) * factor(i, j); });
  return Var::record(std::move(out), {weights}, [=](const Matrix& value, const Matrix& grad) {
    // With s = scale: row: ds/dd = -s^2, symmetric: ds/dd = -s^3 / 2. `through` is grad times what each entry is per s.
    Matrix through(a.nonzeros(), 1);
    for_entries(a.view(), 1, [&](Offset, Offset, Offset e) { through(e, 0) = grad(e, 0) * value(e, 0); });
    Matrix degree = edge_sums(a.view(), through);
    if (norm == Norm::symmetric) {
      const Matrix out_going = edge_sums(a.transpose().view(), through, a.transpose_order());
      for (Offset i = 0; i < degree.rows(); ++i) degree(i, 0) = (degree(i, 0) + out_going(i, 0)) / 2;
    }
    for (Offset i = 0; i < degree.rows(); ++i) {
      const Real s = (*scale)(i, 0);
      degree(i, 0) *= norm == Norm::row ? -s : -s * s;
    }
    for_entries(a.view(), 1,
                [&](Offset i, Offset j, Offset e) { through(e, 0) = grad(e, 0) * factor(i, j) + degree(i, 0); });
    weights.accumulate(std::move(through));
  });
}

}  // namespace pfm
