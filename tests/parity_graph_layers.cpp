// graph_layers/: layers on small graphs, forward, all gradients and running statistics. What a layer is follows from
// the file's name, its options from the attributes and from which parameters there are.
#include <pfm/encoders/appnp.h>
#include <pfm/encoders/cheb.h>
#include <pfm/encoders/gatv2.h>
#include <pfm/encoders/gcn.h>
#include <pfm/encoders/gin.h>
#include <pfm/encoders/graphconv.h>
#include <pfm/encoders/han.h>
#include <pfm/encoders/readout.h>
#include <pfm/encoders/rgcn.h>
#include <pfm/encoders/sage.h>
#include <pfm/encoders/sgc.h>
#include <pfm/encoders/supergat.h>
#include <pfm/encoders/transformer_conv.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/reductions.h>
#include <pfm/tests/parity.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

namespace pfm::parity {
namespace {

using fixture::Array;
using fixture::Group;

Matrix transposed(const Matrix& a) {
  Matrix t(a.cols(), a.rows());
  for (Offset i = 0; i < a.rows(); ++i)
    for (Offset j = 0; j < a.cols(); ++j) t(j, i) = a(i, j);
  return t;
}

// The file's graph with its edges sorted, repetitions kept, and where each of them went.
struct Example {
  explicit Example(const Group& file);
  std::vector<Offset> listed;  // [E] the file's edge that each stored one is
  Batch weighted, bare;        // bare: edges without weights
  Var x, edge_weight, edge_attr;
};

Example::Example(const Group& file) {
  const Array& index = file.array("edge_index");
  const Offset edges = index.shape[1], nodes = Offset(file.number("nodes", 0));
  listed.resize(edges);
  std::iota(listed.begin(), listed.end(), Offset{0});
  auto end_of = [&](Offset side, Offset e) { return NodeId(index.values[side * edges + e]); };
  const std::vector<std::int32_t> types = file.array("edge_type").as<std::int32_t>();
  std::ranges::stable_sort(listed, std::less(),
                           [&](Offset e) { return std::tuple(end_of(0, e), end_of(1, e), types[std::size_t(e)]); });
  const Matrix weights = file.array("edge_weight").matrix(), attributes = file.array("edge_attr").matrix();
  std::vector<Offset> offsets(nodes + 1);
  std::vector<NodeId> columns;
  std::vector<Real> values;
  std::vector<std::int32_t> kinds;
  Matrix rows(edges, attributes.cols());
  for (Offset k = 0; k < edges; ++k) {
    ++offsets[end_of(0, listed[k]) + 1];
    columns.push_back(end_of(1, listed[k]));
    values.push_back(weights.data()[listed[k]]);
    kinds.push_back(types[std::size_t(listed[k])]);
    std::ranges::copy(attributes.row(listed[k]), rows.row(k).begin());
  }
  std::partial_sum(offsets.begin(), offsets.end(), offsets.begin());
  Matrix sorted_weights(edges, 1);
  std::ranges::copy(values, sorted_weights.data());
  const Sparse adjacency(nodes, nodes, std::move(offsets), std::move(columns), std::move(values));
  weighted.graph = Graph(adjacency, rows.clone(), kinds);
  bare.graph = Graph(adjacency.without_values(), rows.clone(), kinds);
  x = Var(file.array("x").matrix(), true);
  edge_weight = Var(std::move(sorted_weights), true);
  edge_attr = Var(std::move(rows), true);
  weighted.x = bare.x = Features(x.value().clone());
}

// One case: its options, its parameters as ours, and what is compared.
struct Run {
  const Group& variant;
  const Example& example;
  Comparison& compare;
  Params params{};
  struct Bound {
    std::string name;
    Var var;
    bool transpose;
  };
  std::vector<Bound> bound{};
  std::vector<std::pair<std::string, Var>> after{};

  double option(const char* name, double otherwise) const { return variant.number(name, otherwise); }
  bool has(const std::string& parameter) const { return variant.has("param/" + parameter); }
  Offset size(const std::string& parameter, std::size_t axis) const {
    return variant.array("param/" + parameter).shape[axis];
  }
  bool gives(const std::string& gradient) const { return variant.has(std::string(precision) + "/grad/" + gradient); }

  // Fills ours from the file. Linear weights are [out, in] there.
  void bind(const std::string& name, Var ours, bool transpose = false) {
    Matrix value = variant.array("param/" + name).matrix();
    if (transpose) value = transposed(value);
    if (value.size() != ours.value().size()) compare.fail(name + ": another number of entries than the layer's");
    std::ranges::copy(value.values().first(std::min(value.values().size(), ours.value().values().size())),
                      ours.value().data());
    bound.push_back({name, ours, transpose});
  }
  void bind(const std::string& name, const Linear& layer) {
    bind(name + ".weight", layer.weight, true);
    if (layer.bias) bind(name + ".bias", layer.bias);
  }
  void bind_running(const std::string& name, Var ours) {
    ours.value() = variant.array("param/" + name).matrix();
    after.push_back({name, ours});
  }

  // `out` with everything learned, `constant` the same from constant rows and edges where there is such a path.
  bool check(const Var& out, const Var& constant = {});
  double scale_of(const std::string& name) const;
  Matrix as_listed(const Matrix& grad) const;
};

// A bias in front of BatchNorm or of keys has gradient zero but for rounding: it is measured against its weight's.
double Run::scale_of(const std::string& name) const {
  const bool before_norm = name == "nn.0.bias" && has("nn.1.weight"), of_keys = name == "lin_key.bias";
  if (!before_norm && !of_keys) return 0;
  double largest = 0;
  const std::string weight = of_keys ? "lin_key.weight" : "nn.0.weight";
  for (double g : variant.array(std::string(precision) + "/grad_param/" + weight).values)
    largest = std::max(largest, std::abs(g));
  return largest;
}

// Gradients of stored edges in the file's order.
Matrix Run::as_listed(const Matrix& grad) const {
  if (grad.empty()) return {};
  Matrix rows(grad.rows(), grad.cols());
  for (Offset k = 0; k < grad.rows(); ++k) std::ranges::copy(grad.row(k), rows.row(example.listed[k]).begin());
  return rows;
}

bool Run::check(const Var& out, const Var& constant) {
  const Group& expected = variant.group(precision);
  compare.forward("out", out.value(), expected.array("out"));
  if (constant) compare.forward("out of constant rows", constant.value(), expected.array("out"));
  backward(sum(hadamard(out, Var(variant.array("cotangent").matrix()))));
  compare.gradient("x", example.x.grad(), expected.array("grad/x"));
  for (const auto& [name, var] : {std::pair("edge_weight", example.edge_weight), {"edge_attr", example.edge_attr}})
    if (gives(name)) compare.gradient(name, as_listed(var.grad()), expected.array(std::string("grad/") + name));
  for (const Bound& b : bound) {
    const Matrix& grad = b.var.grad();
    compare.gradient(b.name, b.transpose && !grad.empty() ? transposed(grad) : grad.clone(),
                     expected.array("grad_param/" + b.name), scale_of(b.name));
  }
  for (const auto& [name, var] : after) compare.forward(name, var.value(), expected.array("after/" + name));
  std::size_t trained = 0;
  if (expected.groups.contains("grad_param")) trained = expected.group("grad_param").arrays.size();
  if (trained != bound.size()) compare.fail("parameters that the layer does not know");
  return true;
}

Propagation propagation(const Run& run) {
  return {.loops = run.option("add_self_loops", 1) != 0 ? Loops::remaining : Loops::as_given,
          .loop = Real(run.option("loop_weight", 1))};
}

bool gcn(Run& run) {
  const Gcn layer(run.params, run.size("lin.weight", 1), run.size("lin.weight", 0), propagation(run));
  run.bind("lin.weight", layer.weight, true);
  run.bind("bias", layer.bias);
  const bool weighted = run.option("weighted", 1) != 0;
  const Batch& b = weighted ? run.example.weighted : run.example.bare;
  const Var learned = weighted ? run.example.edge_weight : Var();
  return run.check(layer(b.graph, run.example.x, learned), layer(b.graph, b.x));
}

bool sgc(Run& run) {
  const Batch& b = run.example.weighted;
  const Sgc layer(run.params, run.size("lin.weight", 1), run.size("lin.weight", 0), int(run.option("K", 1)));
  run.bind("lin", layer.linear);
  return run.check(layer(b.graph, run.example.x, run.example.edge_weight), layer(b.graph, b.x));
}

bool appnp(Run& run) {
  const Graph& graph = run.example.weighted.graph;
  const Appnp layer{int(run.option("K", 1)), Real(run.option("alpha", 0))};
  return run.check(layer(graph, run.example.x, run.example.edge_weight), layer(graph, run.example.x.detached()));
}

bool sage(Run& run) {
  const std::string how = run.variant.text("aggregator");
  if (how != "mean" && how != "max" && how != "add") return false;
  const Reduce reduce = how == "mean" ? Reduce::mean : how == "max" ? Reduce::max : Reduce::sum;
  const Sage layer(run.params, run.size("lin_l.weight", 1), run.size("lin_l.weight", 0),
                   {reduce, run.option("normalize", 0) != 0});
  run.bind("lin_l", layer.neighbours);
  run.bind("lin_r", layer.root);
  const Batch& b = run.example.weighted;  // a layer that must not look at weights
  return run.check(layer(b.graph, run.example.x), layer(b.graph, b.x));
}

AttentionSettings attention(const Run& run) {
  return {.heads = Offset(run.option("heads", 1)),
          .concat = run.option("concat", 1) != 0,
          .loops = run.option("add_self_loops", 1) != 0 ? Loops::replaced : Loops::as_given,
          .edge_width = run.has("lin_edge.weight") ? run.size("lin_edge.weight", 1) : 0};
}

bool gat(Run& run) {
  const AttentionSettings settings = attention(run);
  const Gat layer(run.params, run.size("lin.weight", 1), run.size("att_src", 2), settings);
  run.bind("lin.weight", layer.weight, true);
  run.bind("att_src", layer.source);
  run.bind("att_dst", layer.target);
  run.bind("bias", layer.bias);
  if (settings.edge_width > 0) {
    run.bind("lin_edge.weight", layer.edge_weight, true);
    run.bind("att_edge", layer.edge);
  }
  const Batch& b = run.example.weighted;
  return run.check(layer(b.graph, run.example.x, {}, run.example.edge_attr), layer(b.graph, b.x));
}

bool gatv2(Run& run) {
  const AttentionSettings settings = attention(run);
  const GatV2 layer(run.params, run.size("lin_l.weight", 1), run.size("att", 2), settings);
  run.bind("lin_l", layer.source);
  run.bind("lin_r", layer.target);
  run.bind("att", layer.attention);
  run.bind("bias", layer.bias);
  if (settings.edge_width > 0) run.bind("lin_edge.weight", layer.edge, true);
  const Batch& b = run.example.weighted;
  return run.check(layer(b.graph, run.example.x, {}, run.example.edge_attr), layer(b.graph, b.x));
}

bool gin(Run& run) {
  if (run.option("bn_eps", 1e-5) != 1e-5 || run.option("bn_momentum", 0.1) != 0.1) return false;
  const bool trained = run.variant.has(std::string(precision) + "/grad_param/eps");
  const Gin::Settings settings{.hidden = run.size("nn.0.weight", 0),
                               .epsilon = run.has("eps") ? run.variant.array("param/eps").values[0] : 0,
                               .train_epsilon = trained,
                               .batch_norm = run.has("nn.1.weight"),
                               .edge_width = run.has("lin.weight") ? run.size("lin.weight", 1) : 0};
  const Gin layer(run.params, run.size("nn.0.weight", 1), run.size("nn.3.weight", 0), settings);
  run.bind("nn.0", layer.first);
  run.bind("nn.3", layer.second);
  if (trained) run.bind("eps", layer.epsilon);
  if (layer.edge) run.bind("lin", *layer.edge);
  const Batch& b = run.example.weighted;
  if (!layer.norm) return run.check(layer(b.graph, run.example.x, {}, run.example.edge_attr), layer(b.graph, b.x));
  run.bind("nn.1.weight", layer.norm->scale);
  run.bind("nn.1.bias", layer.norm->shift);
  run.bind_running("nn.1.running_mean", layer.norm->mean);
  run.bind_running("nn.1.running_var", layer.norm->variance);
  return run.check(layer(b.graph, run.example.x, Rng(0)));
}

bool supergat(Run& run) {
  const SuperGat layer(run.params, run.size("lin.weight", 1), run.size("att_l", 2), attention(run));
  run.bind("lin.weight", layer.weight, true);
  run.bind("att_l", layer.source);
  run.bind("att_r", layer.target);
  run.bind("bias", layer.bias);
  const Batch& b = run.example.weighted;
  return run.check(layer(b.graph, run.example.x), layer(b.graph, b.x));
}

bool transformer(Run& run) {
  AttentionSettings settings = attention(run);
  const Offset width = run.size("lin_query.weight", 0);
  const TransformerConv layer(run.params, run.size("lin_query.weight", 1), width / settings.heads, settings,
                              run.option("beta", 0) != 0);
  run.bind("lin_query", layer.query);
  run.bind("lin_key", layer.key);
  run.bind("lin_value", layer.value);
  run.bind("lin_skip", layer.root);
  if (settings.edge_width > 0) run.bind("lin_edge.weight", layer.edge, true);
  if (layer.gate) run.bind("lin_beta.weight", layer.gate, true);
  const Batch& b = run.example.weighted;
  return run.check(layer(b.graph, run.example.x, {}, run.example.edge_attr), layer(b.graph, b.x));
}

bool graphconv(Run& run) {
  const std::string how = run.variant.text("aggregator");  // "mean" with a remark behind it
  if (!how.starts_with("mean") && how != "add") return false;
  const GraphConv layer(run.params, run.size("lin_rel.weight", 1), run.size("lin_rel.weight", 0),
                        how == "add" ? Reduce::sum : Reduce::mean);
  run.bind("lin_rel", layer.neighbours);
  run.bind("lin_root", layer.root);
  const Batch& b = run.example.weighted;
  return run.check(layer(b.graph, run.example.x, run.example.edge_weight), layer(b.graph, b.x));
}

bool cheb(Run& run) {
  const int terms = int(run.option("K", 1));
  const Cheb layer(run.params, run.size("lins.0.weight", 1), run.size("lins.0.weight", 0), terms);
  for (int k = 0; k < terms; ++k) run.bind("lins." + std::to_string(k), layer.terms[std::size_t(k)]);
  run.bind("bias", layer.bias);
  const Batch& b = run.example.weighted;
  return run.check(layer(b.graph, run.example.x, run.example.edge_weight), layer(b.graph, b.x));
}

bool rgcn(Run& run) {
  const Offset relations = Offset(run.option("relations", 1)), bases = Offset(run.option("bases", 0));
  const Rgcn layer(run.params, run.size("root", 0), run.size("root", 1), relations, bases);
  run.bind("weight", layer.weight);
  run.bind("root", layer.root);
  run.bind("bias", layer.bias);
  if (bases > 0) run.bind("comp", layer.mix);
  const Batch& b = run.example.weighted;  // a layer that must not look at weights
  return run.check(layer(b.graph, run.example.x), layer(b.graph, b.x));
}

// The edges of one type, row = target.
Sparse edges_of(const Graph& graph, std::int32_t type) {
  const Messages& messages = graph.messages();
  std::vector<Offset> offsets{0};
  std::vector<NodeId> columns;
  for (NodeId v = 0; v < graph.nodes(); ++v) {
    for (Offset e = messages.along.view().offsets[v]; e < messages.along.view().offsets[v + 1]; ++e)
      if (graph.edge_types()[std::size_t(messages.edge[std::size_t(e)])] == type)
        columns.push_back(messages.along.view().columns[e]);
    offsets.push_back(Offset(columns.size()));
  }
  return {graph.nodes(), graph.nodes(), std::move(offsets), std::move(columns)};
}

bool han(Run& run) {
  const auto name = [](const char* what, std::size_t path) {
    return std::string("conv.") + what + ".n__m" + std::to_string(path) + "__n";
  };
  std::vector<Sparse> paths;
  while (run.has(name("lin_src", paths.size())))
    paths.push_back(edges_of(run.example.weighted.graph, std::int32_t(paths.size())));
  const Han layer(run.params, run.size("conv.proj.n.weight", 1), Offset(run.option("out", 0)), Offset(paths.size()),
                  {.heads = Offset(run.option("heads", 1))});
  run.bind("conv.proj.n", layer.project);
  for (std::size_t path = 0; path < paths.size(); ++path) {
    run.bind(name("lin_src", path), layer.source[path]);
    run.bind(name("lin_dst", path), layer.target[path]);
  }
  run.bind("conv.k_lin", layer.semantic.key);
  run.bind("conv.q", layer.semantic.query);
  return run.check(layer(paths, run.example.x), layer(paths, run.example.weighted.x));
}

bool pool(Run& run, const Group& graph, const std::string& how) {
  if (how != "add" && how != "mean" && how != "max") return false;
  const auto ids = graph.array("batch").as<Offset>();
  Batch b = run.example.weighted;
  b.segments.assign(std::size_t(run.option("graphs", 0)) + 1, 0);
  for (std::size_t s = 1; s < b.segments.size(); ++s)
    b.segments[s] = std::ranges::lower_bound(ids, Offset(s)) - ids.begin();
  return run.check(readout(how == "add" ? "sum" : how, run.params, run.example.x.cols())(b, run.example.x));
}

bool compare_layer(const std::string& layer, const Group& graph, const std::string& name, Comparison& compare) {
  static const std::map<std::string, bool (*)(Run&)> layers{{"gcn", gcn},
                                                            {"sgc", sgc},
                                                            {"appnp", appnp},
                                                            {"sage", sage},
                                                            {"gat", gat},
                                                            {"gatv2", gatv2},
                                                            {"gin", gin},
                                                            {"supergat", supergat},
                                                            {"graphconv", graphconv},
                                                            {"cheb", cheb},
                                                            {"rgcn", rgcn},
                                                            {"han", han},
                                                            {"transformer", transformer}};
  const Example example(graph);
  Run run{graph.group(name), example, compare};
  if (layer == "pool") return pool(run, graph, name);
  const auto found = layers.find(layer);
  return found != layers.end() && found->second(run);
}

}  // namespace

std::vector<Case> graph_layer_cases(std::shared_ptr<const fixture::Group> file, const std::filesystem::path& path) {
  std::vector<Case> cases;
  for (const auto& [graph, below] : file->groups)
    for (const auto& [variant, group] : below.groups)
      cases.push_back({graph + "/" + variant,
                       [file, on = graph, name = variant, layer = path.stem().string()](Comparison& compare) {
                         return compare_layer(layer, file->group(on), name, compare);
                       }});
  return cases;
}

}  // namespace pfm::parity
