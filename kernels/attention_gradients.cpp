#include <pfm/kernels/attention_head.h>
#include <pfm/kernels/exponential.h>

namespace pfm {
namespace attention {
namespace {

struct Gradients {
  const Matrix& out;       // of the result
  const Matrix& log_sums;  // of the result
  const Matrix& grad;      // of the result
  Matrix &q, &k, &v;       // added to
  Real* bias;              // [B] of this head, added to, or none
};

// The softmax again, and the gradient of the scores in its place; `kept` is what multiplied the values.
//   d score = kept (grad . v) - weight (grad . out)
void score_gradients(const Head& head, Range rows, Range keys, Work& work, const Gradients& g) {
  const Inputs& in = head.in;
  const Offset width = in.value_width();
  head.scores(rows, keys, work.weights.data());
  gemm_tile(Transpose::no, Transpose::yes, rows.size(), keys.size(), width, 1, head.query(g.grad, rows.begin),
            g.grad.cols(), head.key(in.v, keys.begin), in.v.cols(), 0, work.change.data(), tile);
  for (Offset r = 0; r < rows.size(); ++r) {
    const Offset i = rows.begin + r;
    const Range seen = head.between(i, keys);
    Real* __restrict weight = work.weights.data() + r * tile;
    Real* __restrict kept = work.kept.data() + r * tile;
    Real* __restrict change = work.change.data() + r * tile;
    const Real log_sum = *head.query(g.log_sums, i);
    const Offset begin = seen.begin - keys.begin, end = log_sum == lowest ? begin : seen.end - keys.begin;
    std::fill(weight, weight + begin, Real(0));
    for (Offset j = begin; j < end; ++j) weight[j] = exponential(weight[j] - log_sum);
    std::fill(weight + end, weight + keys.size(), Real(0));
    if (in.heads.dropout)
      head.drop(i, keys, weight, kept, work.draws);
    else
      std::copy_n(weight, keys.size(), kept);
    const Real *x = head.query(g.grad, i), *y = head.query(g.out, i);
    const Real mean = lane_sum(width, [=](Offset t) { return x[t] * y[t]; });
    for (Offset j = 0; j < keys.size(); ++j) change[j] = kept[j] * change[j] - weight[j] * mean;
  }
}

void add_bias_gradient(const Head& head, Range rows, Range keys, const Real* change, Real* to) {
  const auto [start, stride] = head.in.plan.pairs.blocks[std::size_t(head.g)];
  const std::vector<NodeId>& ids = head.in.plan.pairs.ids;
  for (Offset i = rows.begin; i < rows.end; ++i, change += tile) {
    const Offset first = start + stride * i + keys.begin;
    for (Offset j = 0; j < keys.size(); ++j) {
      const Offset id = ids.empty() ? first + j : Offset(ids[std::size_t(first + j)]);
      if (id >= 0) to[id] += change[j];
    }
  }
}

void add_gradients(const Head& head, Work& work, const Gradients& g) {
  const Inputs& in = head.in;
  const Offset width = in.head_width(), values = in.value_width();
  each_tile(head.keys(), [&](Range keys) {
    each_tile(head.queries(), [&](Range rows) {
      if (head.hidden(rows, keys)) return;
      score_gradients(head, rows, keys, work, g);
      if (g.bias) add_bias_gradient(head, rows, keys, work.change.data(), g.bias);
      gemm_tile(Transpose::yes, Transpose::no, keys.size(), values, rows.size(), 1, work.kept.data(), tile,
                head.query(g.grad, rows.begin), g.grad.cols(), 1, head.key(g.v, keys.begin), g.v.cols());
      gemm_tile(Transpose::yes, Transpose::no, keys.size(), width, rows.size(), in.heads.scale, work.change.data(),
                tile, head.query(in.q, rows.begin), in.q.cols(), 1, head.key(g.k, keys.begin), g.k.cols());
      gemm_tile(Transpose::no, Transpose::no, rows.size(), width, keys.size(), in.heads.scale, work.change.data(), tile,
                head.key(in.k, keys.begin), in.k.cols(), 1, head.query(g.q, rows.begin), g.q.cols());
    });
  });
}

}  // namespace
}  // namespace attention

using namespace attention;

// A task is one head of one segment; where the biases have a gradient, of a share of the segments, each share with sums
// of its own: few shares where there are many biases for the pairs.
SegmentAttentionGradients attend_gradients(const AttentionPlan& plan, const AttentionHeads& heads, const Matrix& q,
                                           const Matrix& k, const Matrix& v, const Matrix* bias, bool bias_gradient,
                                           const Matrix& out, const Matrix& log_sums, const Matrix& grad) {
  expect_inputs(plan, heads, q, k, v, bias);
  expect(grad.rows() == q.rows() && grad.cols() == v.cols(), "attend: grad [n, h c]");
  const Matrix biases = heads_together(bias);
  const Inputs in{plan, heads, q, k, v, biases};
  const Offset segments = Offset(plan.queries.size()) - 1, rows = biases.cols();
  const Offset shares =
      bias_gradient ? std::clamp<Offset>(pair_count(plan.queries, plan.keys) / (4 * rows + 1), 1, 8) : segments;
  Matrix sums = bias_gradient ? Matrix::zeros(shares * heads.count, rows) : Matrix();
  SegmentAttentionGradients g{
      Matrix::zeros(q.rows(), q.cols()), Matrix::zeros(k.rows(), k.cols()), Matrix::zeros(v.rows(), v.cols()), {}};
  Arenas<Work> arenas;
  parallel_blocks(shares * heads.count, [&](Offset t) {
    const Offset share = t / heads.count, head = t % heads.count;
    const Gradients to{out, log_sums, grad, g.q, g.k, g.v, bias_gradient ? sums.row(t).data() : nullptr};
    arenas.with([&](Work& work) {
      for (Offset s = segments * share / shares; s < segments * (share + 1) / shares; ++s)
        add_gradients({in, s, head}, work, to);
    });
  });
  if (!bias_gradient) return g;
  g.bias = Matrix::zeros(rows, heads.count);
  for (Offset t = 0; t < sums.rows(); ++t)
    for (Offset b = 0; b < rows; ++b) g.bias(b, t % heads.count) += sums(t, b);
  return g;
}

}  // namespace pfm
