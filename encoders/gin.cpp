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

Var Gin::with_own(const Var& x, const Var& received) const {
  const Var own = first_rows(x, received.rows()).var;
  const Var sum = add(scale(own, Real(epsilon ? 1 : 1 + settings.epsilon)), received);
  if (!epsilon) return sum;
  const Var column = multiply(Var(Matrix::filled(own.rows(), 1, 1)), epsilon);
  return add(sum, multiply_column(own, column));
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
  const Sparse along = graph.incoming().without_values();
  const Var& w = first.weight;
  Var h;
  if (edge) {
    const Var rows = as_var(x);
    h = multiply(with_own(rows, received_with_attributes(graph, rows, *edge, edges)), w);
  } else if (!x.var || w.rows() >= w.cols()) {
    const Var product = multiply(x, w);
    h = with_own(product, spmm(along, product));
  } else {
    h = multiply(with_own(x.var, spmm(along, x.var)), w);
  }
  h = add_row(h, first.bias);
  if (norm) h = (*norm)(h, rng.has_value());
  return second(activate(h));
}

}  // namespace pfm
