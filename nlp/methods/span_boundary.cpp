#include <pfm/encoders/readout.h>
#include <pfm/nlp/masked_model.h>
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

// For each row of a span that has rows on both sides: the row before the span, the one behind, the place in it.
struct Boundaries {
  std::vector<NodeId> rows, before, behind, place;
};

Boundaries boundaries_of(const Batch& seen) {
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
      found.rows.push_back(hidden[k]);
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

std::vector<NodeId> SpanBoundary::asked(const Batch& seen) {
  const Boundaries at = boundaries_of(seen);
  return rows_of_all({at.before, at.behind});
}

Var SpanBoundary::loss(const ChosenRows& rows, const Batch& seen, const Batch& truth) const {
  const Boundaries at = boundaries_of(seen);
  const Var h0 = concat_columns({rows.at(at.before), rows.at(at.behind), gather_rows(places, at.place)});
  const Var y = second_norm(gelu(second(first_norm(gelu(first(h0))))));
  return cross_entropy(add_row(multiply_transposed(y, tokens), bias), tokens_at(truth, at.rows));
}

}  // namespace pfm::nlp
