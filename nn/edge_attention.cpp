#include <pfm/kernels/gemm.h>
#include <pfm/kernels/parallel.h>
#include <pfm/nn/edge_attention.h>

namespace pfm {

// att [1, h c] as a matrix [h c, h] whose column k holds head k's part, so that one dense product serves all heads.
static Matrix by_head(const Matrix& att, Offset heads) {
  Matrix blocks = Matrix::zeros(att.cols(), heads);
  for (Offset t = 0; t < att.cols(); ++t) blocks(t, t / (att.cols() / heads)) = att(0, t);
  return blocks;
}

Var head_dots(const Var& x, const Var& att, Offset heads) {
  expect(att.rows() == 1 && att.cols() == x.cols() && heads > 0 && x.cols() % heads == 0,
         "head_dots: x [n, h c], att [1, h c]");
  Matrix out = multiply(x.value(), by_head(att.value(), heads));
  return Var::record(std::move(out), {x, att}, [=](const Matrix& grad) {
    if (x.wants_gradient()) x.accumulate(multiply_transposed(grad, by_head(att.value(), heads)));
    if (!att.wants_gradient()) return;
    const Matrix blocks = transposed_multiply(x.value(), grad);  // [h c, h]
    Matrix datt(1, att.cols());
    for (Offset t = 0; t < att.cols(); ++t) datt(0, t) = blocks(t, t / (att.cols() / heads));
    att.accumulate(std::move(datt));
  });
}

Var mean_heads(const Var& x, Offset heads) {
  expect(heads > 0 && x.cols() % heads == 0, "mean_heads: x [n, h c]");
  if (heads == 1) return x;
  const Offset n = x.rows(), channels = x.cols() / heads;
  Matrix out = Matrix::zeros(n, channels);
  parallel_for(n, rows_per_block(x.cols()), [&](Offset begin, Offset end) {
    for (Offset i = begin; i < end; ++i) {
      for (Offset t = 0; t < x.cols(); ++t) out(i, t % channels) += x.value()(i, t);
      for (Real& v : out.row(i)) v /= Real(heads);
    }
  });
  return Var::record(std::move(out), {x}, [=, x = x.slot()](const Matrix& grad) {
    Matrix dx(n, heads * channels);
    parallel_for(n, rows_per_block(dx.cols()), [&](Offset begin, Offset end) {
      for (Offset i = begin; i < end; ++i)
        for (Offset t = 0; t < dx.cols(); ++t) dx(i, t) = grad(i, t % channels) / Real(heads);
    });
    x.accumulate(std::move(dx));
  });
}

Var additive_attention(const Sparse& a, const Var& source, const Var& target, const Var& edge, const Var& x, Real slope,
                       const std::optional<AttentionDropout>& dropout) {
  auto score = [=] { return AdditiveScore{source.value(), target.value(), edge ? &edge.value() : nullptr, slope}; };
  auto result = std::make_shared<Attention>(attend(a.view(), score(), x.value(), dropout));
  Matrix out = std::move(result->out);
  std::vector<Var> inputs{source, target, x};
  if (edge) inputs.push_back(edge);
  return Var::record(std::move(out), std::move(inputs), [=](const Matrix& grad) {
    AdditiveGradients g =
        attend_gradients(a.view(), a.transpose().view(), a.transpose_order(), score(), x.value(), *result, grad);
    source.accumulate(std::move(g.source));
    target.accumulate(std::move(g.target));
    x.accumulate(std::move(g.x));
    if (edge) edge.accumulate(std::move(g.edge));
  });
}

Var dynamic_attention(const Sparse& a, const Var& source, const Var& target, const Var& att, const Var& edge,
                      Offset heads, Real slope, const std::optional<AttentionDropout>& dropout) {
  auto score = [=] {
    return DynamicScore{source.value(), target.value(), att.value(), edge ? &edge.value() : nullptr, slope};
  };
  auto result = std::make_shared<Attention>(attend(a.view(), score(), source.value(), heads, dropout));
  Matrix out = std::move(result->out);
  std::vector<Var> inputs{source, target, att};
  if (edge) inputs.push_back(edge);
  return Var::record(std::move(out), std::move(inputs), [=](const Matrix& grad) {
    DynamicGradients g =
        attend_gradients(a.view(), a.transpose().view(), a.transpose_order(), score(), source.value(), *result, grad);
    source.accumulate(std::move(g.source));
    source.accumulate(std::move(g.x));
    target.accumulate(std::move(g.target));
    att.accumulate(std::move(g.att));
    if (edge) edge.accumulate(std::move(g.edge));
  });
}

}  // namespace pfm
