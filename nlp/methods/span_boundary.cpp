#include <pfm/encoders/readout.h>
#include <pfm/nlp/methods/span_boundary.h>
#include <pfm/nn/activations.h>
#include <pfm/nn/classification.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/products.h>
#include <pfm/nn/shape.h>
#include <pfm/nn/truncated_normal.h>

namespace pfm::nlp {
namespace {

constexpr Offset place_width = 200;

// For each token of a span that has rows on both sides: the row before the span, the one behind, the place in it.
struct Boundaries {
  std::vector<NodeId> before, behind, place;
  std::vector<std::int32_t> tokens;
};

Boundaries boundaries_of(const Batch& seen, const Batch& truth) {
  Boundaries found;
  const std::vector<Offset> sentences = segments_of(seen);
  auto sentence = sentences.begin();
  const std::vector<NodeId>& hidden = seen.hidden_nodes;
  for (std::size_t i = 0, end = 0; i < hidden.size(); i = end) {
    while (Offset(hidden[i]) >= *(sentence + 1)) ++sentence;
    end = i + 1;
    while (end < hidden.size() && hidden[end] == hidden[end - 1] + 1 && Offset(hidden[end]) < *(sentence + 1)) ++end;
    const NodeId before = NodeId(hidden[i] - 1), behind = NodeId(hidden[end - 1] + 1);
    if (Offset(before) < *sentence || Offset(behind) >= *(sentence + 1)) continue;
    for (std::size_t k = i; k < end; ++k) {
      found.before.push_back(before), found.behind.push_back(behind);
      found.place.push_back(NodeId(k - i));
      found.tokens.push_back(truth.ids[std::size_t(hidden[k])]);
    }
  }
  return found;
}

}  // namespace

SpanBoundary::SpanBoundary(const Params& p, const Architecture& a, const LanguageHead& head, Offset longest)
    : places(truncated_normal(p, "places", longest, place_width, 0.02)),
      first(text_linear(p / "0", 2 * a.hidden + place_width, a.hidden)),
      second(text_linear(p / "1", a.hidden, head.tokens.cols())),
      first_norm(p / "0" / "norm", a.hidden, Real(a.epsilon)),
      second_norm(p / "1" / "norm", head.tokens.cols(), Real(a.epsilon)),
      tokens(head.tokens),
      bias(head.bias) {}

Var SpanBoundary::loss(const Var& rows, const Batch& seen, const Batch& truth) const {
  const Boundaries at = boundaries_of(seen, truth);
  const Var h0 =
      concat_columns({gather_rows(rows, at.before), gather_rows(rows, at.behind), gather_rows(places, at.place)});
  const Var y = second_norm(gelu(second(first_norm(gelu(first(h0))))));
  return cross_entropy(add_row(multiply_transposed(y, tokens), bias), at.tokens);
}

}  // namespace pfm::nlp
