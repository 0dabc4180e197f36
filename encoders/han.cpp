#include <pfm/encoders/han.h>
#include <pfm/nn/activations.h>
#include <pfm/nn/edge_attention.h>
#include <pfm/nn/norms.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/products.h>
#include <pfm/nn/reductions.h>
#include <pfm/nn/shape.h>

namespace pfm {

SemanticAttention::SemanticAttention(const Params& p, Offset width, Offset hidden)
    : key(p / "key", width, hidden), query(p.glorot("query", 1, hidden)) {}

Var SemanticAttention::score(const Var& view, const Var& dropped) const {
  return row_dots(mean_rows(tanh(key(view))), dropped ? dropped : query);
}

Var SemanticAttention::weights(const std::vector<Var>& views, const Var& dropped) const {
  std::vector<Var> scores;
  for (const Var& view : views) scores.push_back(score(view, dropped));
  return softmax(concat_columns(scores));
}

Var SemanticAttention::mix(const Var& weights, const std::vector<Var>& views) {
  std::vector<Var> rows;
  for (const Var& view : views) rows.push_back(reshape(view, 1, view.value().size()));
  return reshape(multiply(weights, concat_rows(rows)), views[0].rows(), views[0].cols());
}

Var SemanticAttention::operator()(const std::vector<Var>& views, const Var& dropped) const {
  return mix(weights(views, dropped), views);
}

Han::Han(const Params& p, Offset in, Offset out, Offset paths, Settings how)
    : project(p / "project", in, out), semantic(p / "semantic", out, out), settings(how) {
  expect(paths > 0 && how.heads > 0 && out % how.heads == 0, "Han: meta-paths, heads that divide the width");
  for (Offset path = 0; path < paths; ++path) {
    const Params own = p / std::to_string(path);
    source.push_back(own.glorot("source", 1, out));
    target.push_back(own.glorot("target", 1, out));
  }
}

Var Han::operator()(std::span<const Sparse> paths, const Input& x, std::optional<Rng> rng) const {
  expect(paths.size() == source.size(), "Han: as many meta-paths as it was made for");
  const Var h = apply(project, x);
  std::vector<Var> views;
  for (std::size_t path = 0; path < paths.size(); ++path) {
    std::optional<AttentionDropout> dropout;
    if (rng && settings.dropout > 0) dropout = {settings.dropout, rng->split(path)};
    views.push_back(
        relu(additive_attention(paths[path].without_values(), head_dots(h, source[path], settings.heads),
                                head_dots(h, target[path], settings.heads), {}, h, settings.slope, dropout)));
  }
  return semantic(views);
}

}  // namespace pfm
