#include <pfm/encoders/cheb.h>
#include <pfm/nn/edge_ops.h>
#include <pfm/nn/graph_ops.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/products.h>

namespace pfm {

Cheb::Cheb(const Params& p, Offset in, Offset out, int count) : bias(p.constant("bias", 1, out, 0)) {
  if (count < 1) throw Error(Fault::usage, "cheb: expected at least 1 term, got " + std::to_string(count));
  for (int k = 0; k < count; ++k) terms.emplace_back(p / std::to_string(k), in, out, Linear::Bias::no);
}

// D^-1/2 A D^-1/2 without loops, an entry for each message.  [E, 1]
static Var scaled_edges(const Graph& graph, const Var& edge_weights) {
  const CsrView& a = graph.adjacency().view();
  Matrix kept(graph.edges(), 1), own(graph.edges(), 1);
  for (Offset u = 0; u < a.rows; ++u)
    for (Offset e = a.offsets[u]; e < a.offsets[u + 1]; ++e) {
      kept(e, 0) = a.columns[e] != u;
      own(e, 0) = a.values.empty() ? 1 : a.values[e];
    }
  const Var weights = hadamard(edge_weights ? edge_weights : Var(std::move(own)), Var(std::move(kept)));
  return along(graph.messages(), normalise_edges(graph.adjacency(), weights, Norm::symmetric), 0);
}

Var Cheb::operator()(const Graph& graph, const Input& x, const Var& edge_weights) const {
  const Sparse& edges = graph.messages().along;
  if (edges.rows() < graph.nodes() && terms.size() > 2)
    throw Error(Fault::usage, "cheb: a layer of " + std::to_string(terms.size()) +
                                  " terms looks further than the one hop of a sampled neighbourhood; take two terms");
  Var sum = apply(terms[0], first_rows(x, edges.rows()));
  if (terms.size() == 1) return add_row(sum, bias);
  const Var values = scaled_edges(graph, edge_weights);
  const auto laplacian = [&](const Var& h) { return scale(spmm(edges, values, h), -1); };
  Var before = as_var(x), now = laplacian(before);
  for (std::size_t k = 1; k < terms.size(); ++k) {
    sum = add(sum, terms[k](now));
    if (k + 1 < terms.size()) before = std::exchange(now, subtract(scale(laplacian(now), 2), before));
  }
  return add_row(sum, bias);
}

}  // namespace pfm
