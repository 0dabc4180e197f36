#include <pfm/kernels/attention_head.h>
#include <pfm/kernels/exponential.h>

#include <cmath>

namespace pfm {
namespace attention {
namespace {

// One row of scores becomes exponentials over the new running maximum, zeros outside `seen`; returns what the results
// so far are multiplied by.
Real exponentials(Real* row, Range seen, Offset keys, Real& top, Real& sum) {
  const Real before = top;
  const auto [begin, end] = hide_around(row, seen, keys);
  Real* x = row + begin;
  top = lane_max(x, end - begin, top);
  if (top == lowest) {
    std::fill(x, row + end, Real(0));
    return 1;
  }
  const Real shrunk = before == lowest ? 0 : falling_exponential(before - top);
  sum = sum * shrunk + lane_sum(end - begin, [x, top](Offset j) { return x[j] = falling_exponential(x[j] - top); });
  return shrunk;
}

// The results of the queries `rows` of one head.
void attend_tile(const Head& head, Range rows, Work& work, SegmentAttention& result) {
  const Offset width = head.in.value_width(), stride = result.out.cols();
  work.top.assign(std::size_t(tile), lowest);
  work.sum.assign(std::size_t(tile), 0);
  for (Offset i = rows.begin; i < rows.end; ++i) std::fill_n(head.query(result.out, i), width, Real(0));
  each_tile(head.keys(), [&](Range keys) {
    if (head.hidden(rows, keys)) return;
    head.scores(rows, keys, work.turned, work.weights.data());
    for (Offset r = 0; r < rows.size(); ++r) {
      const Range seen = head.between(rows.begin + r, keys);
      Real* row = work.weights.data() + r * tile;
      const Real shrunk = exponentials(row, {seen.begin - keys.begin, seen.end - keys.begin}, keys.size(),
                                       work.top[std::size_t(r)], work.sum[std::size_t(r)]);
      if (head.in.heads.dropout) head.drop(rows.begin + r, keys, row, row, work.draws);
      Real* out = head.query(result.out, rows.begin + r);
      if (shrunk != 1)
        for (Offset t = 0; t < width; ++t) out[t] *= shrunk;
    }
    tile_product(rows.size(), width, keys.size(), 1, {work.weights.data(), tile, 1}, head.key(head.in.v, keys.begin),
                 head.in.v.cols(), Into::sum, head.query(result.out, rows.begin), stride);
  });
  for (Offset r = 0; r < rows.size(); ++r) {
    const Real sum = work.sum[std::size_t(r)], inverse = sum > 0 ? 1 / sum : 0;
    Real* out = head.query(result.out, rows.begin + r);
    for (Offset t = 0; t < width; ++t) out[t] *= inverse;
    *head.query(result.log_sums, rows.begin + r) = work.top[std::size_t(r)] + std::log(sum);
  }
}

}  // namespace
}  // namespace attention

using namespace attention;

SegmentAttention attend(const AttentionPlan& plan, const AttentionHeads& heads, const Matrix& q, const Matrix& k,
                        const Matrix& v, const Matrix* bias) {
  expect_inputs(plan, heads, q, k, v, bias);
  const Matrix biases = heads_together(bias);
  const Inputs in{plan, heads, q, k, v, biases};
  struct Piece {
    Offset g;
    Range rows;
  };
  std::vector<Piece> pieces;
  for (Offset g = 0; g + 1 < Offset(plan.queries.size()); ++g)
    each_tile(Head{in, g, 0}.queries(), [&](Range rows) { pieces.push_back({g, rows}); });
  SegmentAttention result{Matrix(q.rows(), v.cols()), Matrix(q.rows(), heads.count)};
  Arenas<Work> arenas;
  parallel_blocks(Offset(pieces.size()) * heads.count, [&](Offset t) {
    const Piece& piece = pieces[std::size_t(t / heads.count)];
    arenas.with([&](Work& work) { attend_tile({in, piece.g, t % heads.count}, piece.rows, work, result); });
  });
  return result;
}

}  // namespace pfm
