#include <pfm/kernels/attention_head.h>
#include <pfm/kernels/exponential.h>

namespace pfm {
namespace attention {
namespace {

struct Gradients {
  const Matrix& out;       // of the result
  const Matrix& log_sums;  // of the result
  const Matrix& grad;      // of the result
  Matrix &q, &k, &v;       // written, a head of a segment by one task
  Real* bias;              // [B] of this head, added to, or none
};

// The softmax again, and the gradient of the scores in its place; `kept` is what multiplied the values.
//   d score = kept (grad . v) - weight (grad . out)
void score_gradients(const Head& head, Range rows, Range keys, Work& work, const Gradients& g) {
  const Inputs& in = head.in;
  const Offset width = in.value_width(), whole = (keys.size() + lanes - 1) / lanes * lanes;
  head.scores(rows, keys, work.turned, work.weights.data());
  head.products(rows, keys, 1, g.grad, in.v, work.turned, work.change.data());
  for (Offset r = 0; r < rows.size(); ++r) {
    const Offset i = rows.begin + r;
    Real* __restrict weight = work.weights.data() + r * tile;
    Real* __restrict kept = work.kept.data() + r * tile;
    Real* __restrict change = work.change.data() + r * tile;
    const Real log_sum = *head.query(g.log_sums, i);
    const Range seen = log_sum == lowest ? Range{keys.begin, keys.begin} : head.between(i, keys);
    const auto [begin, end] = hide_around(weight, {seen.begin - keys.begin, seen.end - keys.begin}, whole);
    for (Offset j = begin; j < end; ++j) weight[j] = falling_exponential(weight[j] - log_sum);
    if (in.heads.dropout)
      head.drop(i, keys, weight, kept, work.draws);
    else
      std::copy_n(weight, whole, kept);
    const Real *x = head.query(g.grad, i), *y = head.query(g.out, i);
    const Real mean = lane_sum(width, [=](Offset t) { return x[t] * y[t]; });
    for (Offset j = 0; j < whole; ++j) change[j] = kept[j] * change[j] - weight[j] * mean;
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

void clear(const Head& head, const Gradients& g) {
  const Offset width = head.in.head_width(), values = head.in.value_width();
  for (Offset i = 0; i < head.queries(); ++i) std::fill_n(head.query(g.q, i), width, Real(0));
  for (Offset j = 0; j < head.keys(); ++j) {
    std::fill_n(head.key(g.k, j), width, Real(0));
    std::fill_n(head.key(g.v, j), values, Real(0));
  }
}

void write_gradients(const Head& head, Work& work, const Gradients& g) {
  const Inputs& in = head.in;
  const Offset width = in.head_width(), values = in.value_width();
  fetch_next(head, {&in.q, &g.grad, &g.out}, {&in.k, &in.v});
  const Range all_rows{0, head.queries()}, all_keys{0, head.keys()};
  const bool one_tile = all_rows.size() <= tile && all_keys.size() <= tile && !head.hidden(all_rows, all_keys);
  if (!one_tile) clear(head, g);
  const Into into = one_tile ? Into::empty : Into::sum;
  each_tile(head.keys(), [&](Range keys) {
    each_tile(head.queries(), [&](Range rows) {
      if (head.hidden(rows, keys)) return;
      score_gradients(head, rows, keys, work, g);
      if (g.bias) add_bias_gradient(head, rows, keys, work.change.data(), g.bias);
      tile_product(keys.size(), values, rows.size(), 1, {work.kept.data(), 1, tile}, head.query(g.grad, rows.begin),
                   g.grad.cols(), into, head.key(g.v, keys.begin), g.v.cols());
      tile_product(keys.size(), width, rows.size(), in.heads.scale, {work.change.data(), 1, tile},
                   head.query(in.q, rows.begin), in.q.cols(), into, head.key(g.k, keys.begin), g.k.cols());
      tile_product(rows.size(), width, keys.size(), in.heads.scale, {work.change.data(), tile, 1},
                   head.key(in.k, keys.begin), in.k.cols(), into, head.query(g.q, rows.begin), g.q.cols());
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
  SegmentAttentionGradients g{Matrix(q.rows(), q.cols()), Matrix(k.rows(), k.cols()), Matrix(v.rows(), v.cols()), {}};
  Arenas<Work> arenas;
  parallel_blocks(shares * heads.count, [&](Offset t) {
    const Offset share = t / heads.count, head = t % heads.count;
    const Gradients to{out, log_sums, grad, g.q, g.k, g.v, bias_gradient ? sums.row(t).data() : nullptr};
    arenas.with([&](Work& work) {
      for (Offset s = segments * share / shares; s < segments * (share + 1) / shares; ++s)
        write_gradients({in, s, head}, work, to);
    });
  });
  if (!bias_gradient) return g;
  g.bias = Matrix::zeros(rows, heads.count);
  for (Offset t = 0; t < sums.rows(); ++t)
    for (Offset b = 0; b < rows; ++b) g.bias(b, t % heads.count) += sums(t, b);
  return g;
}

}  // namespace pfm
