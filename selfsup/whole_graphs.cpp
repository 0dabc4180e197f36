#include <fmt/format.h>
#include <pfm/encoders/activation.h>
#include <pfm/nn/ops.h>
#include <pfm/selfsup/whole_graphs.h>

#include <algorithm>
#include <array>

namespace pfm {

void need_graphs(const Dataset& data, const std::string& method) {
  if (data.graphs() > 1) return;
  throw Error(Fault::input,
              fmt::format("{}: {} compares whole graphs with each other, the data set is one graph; take "
                          "many graphs (a folder of the TU collection, or the built-in mutag), or for the "
                          "nodes of one graph a method such as dgi",
                          data.name, method));
}

namespace {

constexpr NodeId most_degree = 400;  // GraphMAE's bound

NodeId degree_of(const Graph& graph, NodeId v) { return NodeId(graph.adjacency().columns(v).size()); }

NodeId highest_degree(const Graph& graph) {
  NodeId highest = 0;
  for (NodeId v = 0; v < graph.nodes(); ++v) highest = std::max(highest, degree_of(graph, v));
  return std::min(highest, most_degree);
}

// One-hot degrees up to `highest`, those above as that one, behind the columns of `x`.
Sparse with_degrees(const Sparse& x, const Graph& graph, NodeId highest) {
  std::vector<Offset> offsets{0};
  std::vector<NodeId> columns;
  std::vector<Real> values;
  for (NodeId v = 0; v < graph.nodes(); ++v) {
    columns.insert(columns.end(), x.columns(v).begin(), x.columns(v).end());
    if (x.weighted()) values.insert(values.end(), x.values(v).begin(), x.values(v).end()), values.push_back(1);
    columns.push_back(NodeId(x.cols()) + std::min(highest, degree_of(graph, v)));
    offsets.push_back(Offset(columns.size()));
  }
  return {x.rows(), x.cols() + highest + 1, std::move(offsets), std::move(columns), std::move(values)};
}

Features changed(const Batch& all, const std::string& how, NodeId highest) {
  if (how == "row") return all.x.row_normalised();
  if (how == "ones") return Matrix::filled(all.rows(), 1, 1);
  if (how == "degree")
    return with_degrees(Sparse(all.rows(), 0, std::vector<Offset>(std::size_t(all.rows()) + 1, 0), {}), all.graph,
                        highest);
  if (how == "both") return with_degrees(all.x.as_sparse(), all.graph, highest);
  return all.x;
}

// Not the ones that stand where a format needs some column.
bool tells_nodes_apart(const Features& x) {
  if (x.is_identity() || x.cols() != 1) return !x.is_identity() && x.cols() > 0;
  const Matrix column = x.as_dense();
  return std::ranges::adjacent_find(column.values(), std::ranges::not_equal_to()) != column.values().end();
}

}  // namespace

NodeFeatures features_from(const Options& o, const Dataset& data, const char* fallback) {
  constexpr std::array<std::string_view, 7> known{"row",  "as-given",      "ones",           "degree",
                                                  "both", "given-or-ones", "given-or-degree"};
  std::string how = o("features", fallback);
  if (std::ranges::find(known, how) == known.end())
    throw Error(Fault::usage, fmt::format("option features: expected {}, got \"{}\"", fmt::join(known, ", "), how));
  if (how.starts_with("given-or-"))
    how = tells_nodes_apart(data.all.x) ? "as-given" : how.substr(std::string("given-or-").size());
  const NodeId highest = highest_degree(data.all.graph);
  const auto prepare = [=](const Batch& all) {
    Batch prepared = all;
    prepared.x = changed(all, how, highest);
    return prepared;
  };
  NodeFeatures features{prepare, data};
  features.data.all = prepare(data.all);
  return features;
}

EncoderDefaults summed_gin(int layers) {
  EncoderDefaults defaults{
      .kind = "gin", .hidden = 32, .layers = layers, .batch_norm = true, .all_layers = true, .norm_last = true};
  defaults.convolution.batch_norm = false;
  return defaults;
}

ShortcutMlp::ShortcutMlp(const Params& p, Offset in, Offset out, const std::string& name)
    : shortcut(p / "shortcut", in, out) {
  for (int l = 0; l < 3; ++l) {
    const Params here = p / std::to_string(l);
    layers.emplace_back(here, l == 0 ? in : out, out);
    activations.push_back(activation(name, here));
  }
}

Var ShortcutMlp::operator()(const Var& x) const {
  Var h = x;
  for (std::size_t l = 0; l < layers.size(); ++l) h = activations[l](layers[l](h));
  return add(h, shortcut(x));
}

}  // namespace pfm
