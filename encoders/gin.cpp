#include <pfm/encoders/gin.h>
#include <pfm/nn/activations.h>
#include <pfm/nn/edge_ops.h>
#include <pfm/nn/graph_ops.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/products.h>

namespace pfm {

Gin::Gin(const Params& p, Offset in, Offset out, Settings how)
    : first(p / "first", in, how.hidden > 0 ? how.hidden : out),
      second(p / "second", how.hidden > 0 ? how.hidden : out, out),
      activate(activation(how.activation, p / "first")),
      settings(how) {
  if (how.batch_norm) norm.emplace(p / "first" / "norm", first.weight.cols());
  if (how.edge_width > 0) edge.emplace(p / "edge", how.edge_width, in);
  if (how.train_epsilon) epsilon = p.constant("epsilon", 1, 1, how.epsilon);
}

Real Gin::own() const { return Real(epsilon ? 1 : 1 + settings.epsilon); }

Var Gin::with_trained(const Var& x, const Var& sum) const {
  if (!epsilon) return sum;
  const Var rows = first_rows(x, sum.rows()).var;
  return add(sum, multiply_column(rows, multiply(Var(Matrix::filled(rows.rows(), 1, 1)), epsilon)));
}

// `own_weight` times the source that a target itself is, then what flows into it, for sums alone: not ascending.
static Sparse with_own(const Sparse& incoming, std::span<const NodeId> own, Real own_weight) {
  std::vector<Offset> offsets{0};
  std::vector<NodeId> columns;
  std::vector<Real> values;
  offsets.reserve(own.size() + 1), columns.reserve(own.size() + incoming.nonzeros());
  for (Offset i = 0; i < incoming.rows(); ++i) {
    const auto sources = incoming.columns(i);
    columns.push_back(own[i]);
    columns.insert(columns.end(), sources.begin(), sources.end());
    values.resize(columns.size(), 1);
    values[offsets.back()] = own_weight;
    offsets.push_back(Offset(columns.size()));
  }
  return {incoming.rows(), incoming.cols(), std::move(offsets), std::move(columns), std::move(values)};
}

Var Gin::sum(const Graph& graph, const Var& x) const {
  if (!graph.own().empty()) {
    expect(!epsilon, "Gin: a trained epsilon over merged nodes");
    return spmm(with_own(graph.incoming(), graph.own(), own()), x);
  }
  return with_trained(x, spmm_with_own(own(), graph.incoming().without_values(), x));
}

static Var received_with_attributes(const Graph& graph, const Var& x, const Linear& edge, const Var& edges) {
  const Messages& messages = graph.messages();
  const Var rows = edges ? edges : Var(graph.edge_attributes().clone());
  if (graph.edges() == 0) return Var(Matrix::zeros(messages.along.rows(), x.cols()));
  expect(rows.rows() == graph.edges() && rows.cols() == edge.weight.rows(), "Gin: attributes [E, edge_width]");
  const Var sources = gather_sources(messages.along, x);
  return aggregate_edges(messages.along, relu(add(sources, edge(along(messages, rows, 0)))), Reduce::sum);
}

// Without edge attributes the first product, being linear, comes before the sum where that is not wider.
Var Gin::operator()(const Graph& graph, const Input& x, std::optional<Rng> rng, const Var& edges) const {
  const Var& w = first.weight;
  Var h;
  if (edge) {
    const Var rows = as_var(x);
    const Var received = received_with_attributes(graph, rows, *edge, edges);
    h = multiply(with_trained(rows, add(scale(first_rows(rows, received.rows()).var, own()), received)), w);
  } else if (!x.var || w.rows() >= w.cols()) {
    h = sum(graph, multiply(x, w));
  } else {
    h = multiply(sum(graph, x.var), w);
  }
  h = add_row(h, first.bias);
  if (norm) h = (*norm)(h, rng.has_value());
  return second(activate(h));
}

}  // namespace pfm
