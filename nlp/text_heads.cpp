#include <pfm/nlp/text_heads.h>
#include <pfm/nn/activations.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/products.h>
#include <pfm/nn/shape.h>
#include <pfm/nn/truncated_normal.h>

namespace pfm::nlp {

Linear text_linear(const Params& p, Offset in, Offset out, double deviation) {
  truncated_normal(p, "weight", in, out, deviation);
  return {p, in, out};
}

Pooler::Pooler(const Params& p, const Architecture& a, double deviation)
    : linear(text_linear(p / "pooler", a.hidden, a.hidden, deviation)) {}

Var Pooler::operator()(const Var& firsts) const { return tanh(linear(firsts)); }

LanguageHead::LanguageHead(const Params& p, const Architecture& a, const Var& table, double deviation) : tokens(table) {
  if (a.head_activation.empty()) {
    if (a.head_bias == HeadBias::learned) bias = p.constant("lm.output_bias", 1, table.rows(), 0);
    if (a.head_bias != HeadBias::fixed) return;
    bias = p.state("lm.output_bias", 1, table.rows());
    p.freeze("lm.output_bias");
    return;
  }
  transform = text_linear(p / "lm", a.hidden, table.cols(), deviation);
  activation = pfm::activation(a.head_activation, p / "lm");
  norm.emplace(p / "lm" / "norm", table.cols(), Real(a.epsilon));
  bias = p.constant("lm.output_bias", 1, table.rows(), 0);
}

Var LanguageHead::operator()(const Var& rows) const {
  const Var scores = multiply_transposed(transform ? (*norm)(activation((*transform)(rows))) : rows, tokens);
  return bias ? add_row(scores, bias) : scores;
}

ReplacedHead::ReplacedHead(const Params& p, const Architecture& a, double deviation)
    : first(text_linear(p / "replaced" / "0", a.hidden, a.hidden, deviation)),
      second(text_linear(p / "replaced" / "1", a.hidden, 1, deviation)),
      activation(pfm::activation(a.activation, p / "replaced")) {}

Var ReplacedHead::operator()(const Var& rows) const { return second(activation(first(rows))); }

}  // namespace pfm::nlp
