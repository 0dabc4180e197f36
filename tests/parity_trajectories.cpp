// trajectories/: ten training steps of a whole system with every random choice given.
#include <fmt/format.h>
#include <pfm/graph/build.h>
#include <pfm/selfsup/experiment.h>
#include <pfm/selfsup/methods/methods.h>
#include <pfm/tests/parity.h>

#include <algorithm>

namespace pfm::parity {
namespace {

using fixture::Array;
using fixture::Group;

// Our name of a weight and theirs; linear weights are [out, in] there, [in, out] here.
struct Weight {
  std::string ours, theirs;
  bool transposed = false;
};

Matrix as_ours(const Array& array, bool transposed) {
  Matrix m = array.matrix();
  if (!transposed) return m;
  Matrix t(m.cols(), m.rows());
  for (Offset i = 0; i < m.rows(); ++i)
    for (Offset j = 0; j < m.cols(); ++j) t(j, i) = m(i, j);
  return t;
}

Array transposed_if(Array array, bool transposed) {
  if (!transposed) return array;
  const Matrix t = as_ours(array, true);
  array.values.assign(t.values().begin(), t.values().end());
  return array;
}

Dataset dataset_of(const Group& file) {
  const Array& index = file.array("graph/edge_index");
  const auto ids = index.as<NodeId>();
  const std::size_t edges = ids.size() / 2;
  std::vector<Edge> list;
  for (std::size_t e = 0; e < edges; ++e) list.push_back({ids[e], ids[edges + e]});
  Dataset data;
  data.all.x = Features(file.array("graph/x").matrix());
  data.all.graph = build_graph(NodeId(data.all.x.rows()), list, {},
                               {.undirected = false, .self_loops = BuildRules::SelfLoops::keep});
  if (!file.has("graph/batch")) return data;
  data.task = Task::graph;
  data.all.segments = {0};
  for (const std::size_t graph : file.array("graph/batch").as<std::size_t>()) {
    data.all.segments.resize(graph + 2, data.all.segments.back());
    ++data.all.segments.back();
  }
  return data;
}

Options::Values options_of(const Group& file) {
  return {{"lr", fmt::format("{}", file.number("lr", 0))},
          {"weight_decay", fmt::format("{}", file.number("weight_decay", 0))},
          {"clip", fmt::format("{}", file.number("clip_grad_norm", 0))},
          {"epochs", fmt::format("{}", int(file.number("steps", 10)))},
          {"patience", "0"},
          {"features", "as-given"}};
}

Pretext started(const Pretext& pretext, const Group& file, const std::vector<Weight>& weights) {
  for (const auto& [ours, theirs, transposed] : weights)
    std::ranges::copy(as_ours(file.array("init/" + theirs), transposed).values(),
                      pretext.params.at(ours).value().data());
  return pretext;
}

// What a file's steps draw: row `step` of the array step/name.
template <class T>
std::vector<T> drawn(const Group& file, const std::string& name, std::size_t step) {
  const std::vector<T> all = file.array("step/" + name).as<T>();
  const std::size_t each = all.size() / std::size_t(file.array("step/" + name).shape.front());
  return {all.begin() + std::ptrdiff_t(step * each), all.begin() + std::ptrdiff_t((step + 1) * each)};
}

// The listed edges for which keep[e] is `which`.
std::vector<Edge> edges_where(const Group& file, const std::vector<int>& keep, int which) {
  const auto ids = file.array("graph/edge_index").as<NodeId>();
  std::vector<Edge> list;
  for (std::size_t e = 0; e < keep.size(); ++e)
    if (keep[e] == which) list.push_back({ids[e], ids[keep.size() + e]});
  return list;
}

// A system of the files: its weights, the options beside the common ones, what shall not learn because the file has
// no such weight, and a pretext that takes its draws from the file; `step` is the caller's count of losses.
struct System {
  const char* name;
  std::vector<Weight> weights;
  Options::Values options;
  std::vector<std::string> fixed;
  Pretext (*make)(const Group& file, const Dataset& data, const Options& options, std::shared_ptr<std::size_t> step);
  bool rounded = false;  // the file's matrices are rounded to float32, ours are not: its float32 results count
};

Corruption permuted(const Group& file, std::shared_ptr<std::size_t> step) {
  return [&file, step](const Batch& batch, Rng) {
    Batch view = batch;
    view.x = batch.x.gather(drawn<NodeId>(file, "permutation", (*step)++));
    return view;
  };
}

Pretext dgi_of(const Group& file, const Dataset& data, const Options& o, std::shared_ptr<std::size_t> step) {
  return deep_graph_infomax(data, o, permuted(file, step));
}

Pretext mvgrl_of(const Group& file, const Dataset& data, const Options& o, std::shared_ptr<std::size_t> step) {
  return multi_view(data, o, permuted(file, step));
}

Pretext grace_of(const Group& file, const Dataset& data, const Options& o, std::shared_ptr<std::size_t> step) {
  const auto given = [&file, step](const std::string& number, bool last) {
    return [&file, step, number, last](const Batch& batch, Rng) {
      Batch view = batch;
      view.graph = build_graph(batch.rows(), edges_where(file, drawn<int>(file, "keep_edge" + number, *step), 1), {},
                               {.undirected = false, .self_loops = BuildRules::SelfLoops::keep});
      const auto keep = drawn<Real>(file, "keep_feature" + number, *step);
      Matrix x = batch.x.as_dense();
      for (Offset i = 0; i < x.rows(); ++i)
        for (Offset j = 0; j < x.cols(); ++j) x(i, j) *= keep[std::size_t(j)];
      view.x = Features(std::move(x));
      *step += last;
      return view;
    };
  };
  return node_contrast(data, o, given("1", false), given("2", true));
}

Pretext graphmae_of(const Group& file, const Dataset& data, const Options& o, std::shared_ptr<std::size_t> step) {
  return masked_auto_encoder(data, o, [&file, step](const Batch& batch, Rng) {
    const auto zeros = drawn<NodeId>(file, "token_nodes", *step), noise = drawn<NodeId>(file, "noise_nodes", *step),
               from = drawn<NodeId>(file, "noise_source", *step), masked = drawn<NodeId>(file, "mask_nodes", (*step)++);
    Batch view = batch;
    view.hidden_nodes = zeros;
    view.hidden_nodes.insert(view.hidden_nodes.end(), noise.begin(), noise.end());
    for (const NodeId v : masked)
      if (std::ranges::find(view.hidden_nodes, v) == view.hidden_nodes.end()) view.hidden_nodes.push_back(v);
    const Matrix clean = batch.x.as_dense();
    Matrix x = clean.clone();
    for (const NodeId v : zeros) std::ranges::fill(x.row(v), Real(0));
    for (std::size_t i = 0; i < noise.size(); ++i) std::ranges::copy(clean.row(from[i]), x.row(noise[i]).begin());
    view.x = Features(std::move(x));
    return view;
  });
}

// View 1 keeps the induced subgraph of some nodes, view 2 all nodes and some edges.
Pretext graphcl_of(const Group& file, const Dataset& data, const Options& o, std::shared_ptr<std::size_t> step) {
  const auto nodes = [&file, step](const Batch& batch, Rng) {
    const auto keep = drawn<int>(file, "keep_node", *step);
    std::vector<NodeId> kept;
    for (std::size_t v = 0; v < keep.size(); ++v)
      if (keep[v]) kept.push_back(NodeId(v));
    return induced(batch, kept);
  };
  const auto edges = [&file, step](const Batch& batch, Rng) {
    Batch view = batch;
    view.graph = build_graph(batch.rows(), edges_where(file, drawn<int>(file, "keep_edge", (*step)++), 1), {},
                             {.undirected = false, .self_loops = BuildRules::SelfLoops::keep});
    return view;
  };
  return graph_contrast(data, o, nodes, edges);
}

Pretext infograph_of(const Group&, const Dataset& data, const Options& o, std::shared_ptr<std::size_t>) {
  return infograph().make(data, o);
}

Pretext vgae_of(const Group& file, const Dataset& data, const Options& o, std::shared_ptr<std::size_t> step) {
  return variational_graph_auto_encoder(data, o, [&file, step](Offset rows, Offset cols, const Rng&) {
    const auto values = drawn<Real>(file, "noise", (*step)++);
    Matrix noise(rows, cols);
    std::ranges::copy(values, noise.data());
    return noise;
  });
}

Pretext maskgae_of(const Group& file, const Dataset& data, const Options& o, std::shared_ptr<std::size_t> step) {
  const auto mask = [&file, step](const Batch& batch, Rng) {
    const auto hidden = drawn<int>(file, "mask_edge", *step);
    Batch view = batch;
    view.hidden_edges = edges_where(file, hidden, 1);
    view.graph =
        build_graph(batch.rows(), edges_where(file, hidden, 0), {}, {.self_loops = BuildRules::SelfLoops::keep});
    return view;
  };
  const auto others = [&file, step](const Graph&, std::size_t count, Rng) {
    const auto ids = drawn<NodeId>(file, "negative_edge", (*step)++);
    std::vector<Edge> pairs;
    for (std::size_t i = 0; i < count; ++i) pairs.push_back({ids[i], ids[ids.size() / 2 + i]});
    return pairs;
  };
  return masked_edges(data, o, mask, others);
}

const std::vector<System>& systems() {
  const std::vector<Weight> discriminator{{"discriminator.weight", "weight"}, {"discriminator.bias", "bias"}};
  const auto with = [](std::vector<Weight> some, const std::vector<Weight>& more) {
    some.insert(some.end(), more.begin(), more.end());
    return some;
  };
  const auto norm = [](const std::string& ours, const std::string& theirs) {
    return std::vector<Weight>{{ours + ".scale", theirs + ".weight"},
                               {ours + ".shift", theirs + ".bias"},
                               {ours + ".running_mean", theirs + ".running_mean"},
                               {ours + ".running_variance", theirs + ".running_var"}};
  };
  const auto linear = [](const std::string& ours, const std::string& theirs) {
    return std::vector<Weight>{{ours + ".weight", theirs + ".weight", true}, {ours + ".bias", theirs + ".bias"}};
  };
  const auto attention = [](const std::string& ours, const std::string& theirs) {
    return std::vector<Weight>{{ours + ".weight", theirs + ".lin.weight", true},
                               {ours + ".source", theirs + ".att_src"},
                               {ours + ".target", theirs + ".att_dst"},
                               {ours + ".bias", theirs + ".bias"}};
  };
  // GIN layers of InfoGraph and GraphCL, of GraphMAE; what comes before a BatchNorm has no bias in the files.
  const auto summed_layers = [&] {
    std::vector<Weight> weights;
    for (const std::string l : {"0", "1", "2"}) {
      const std::string ours = "encoder." + l, theirs = "gin.convs." + l + ".nn.";
      weights = with(with(weights, linear(ours + ".first", theirs + "0")), norm(ours + ".norm", "gin.norms." + l));
      weights.push_back({ours + ".second.weight", theirs + "2.weight", true});
    }
    return weights;
  };
  const auto gin = [&](const std::string& ours, const std::string& theirs) {
    return with(norm(ours + ".first.norm", theirs + "bn"), {{ours + ".first.weight", theirs + "lin1.weight", true},
                                                            {ours + ".first.slope", theirs + "act.weight"},
                                                            {ours + ".second.weight", theirs + "lin2.weight", true}});
  };
  const auto normed_gin = [&](const std::string& ours, const std::string& theirs) {
    return with(with(gin(ours, theirs + ".mlp."), norm(ours + ".norm", theirs + ".bn")),
                {{ours + ".slope", theirs + ".act.weight"}});
  };
  const auto shortcut_mlp = [&](const std::string& ours, const std::string& theirs) {
    return with(with(linear(ours + ".0", theirs + ".block.0"), linear(ours + ".1", theirs + ".block.2")),
                with(linear(ours + ".2", theirs + ".block.4"), linear(ours + ".shortcut", theirs + ".shortcut")));
  };
  static const std::vector<System> all{
      {"dgi",
       with({{"encoder.0.weight", "gcn.lin.weight", true},
             {"encoder.0.bias", "gcn.bias"},
             {"encoder.0.slope", "prelu.weight"}},
            discriminator),
       {{"hidden", "16"}},
       {},
       dgi_of},
      {"grace",
       with(with(linear("head.0", "fc1"), linear("head.1", "fc2")), {{"encoder.0.weight", "conv1.lin.weight", true},
                                                                     {"encoder.0.bias", "conv1.bias"},
                                                                     {"encoder.1.weight", "conv2.lin.weight", true},
                                                                     {"encoder.1.bias", "conv2.bias"}}),
       {{"hidden", "32"}, {"out", "16"}, {"projection", "16"}, {"tau", "0.4"}},
       {},
       grace_of},
      {"graphmae_gat",
       with(with(with(attention("encoder.0", "enc1"), attention("encoder.1", "enc2")), attention("decoder.0", "dec")),
            {{"encoder.0.slope", "act1.weight"},
             {"encoder.1.slope", "act2.weight"},
             {"middle.weight", "middle.weight", true},
             {"token", "token"}}),
       {{"hidden", "16"},
        {"replace", "0.2"},
        {"gamma", "3"},
        {"dropout", "0"},
        {"attention_dropout", "0"},
        {"schedule", "constant"}},
       {},
       graphmae_of},
      {"graphmae_gin",
       with(with(with(normed_gin("encoder.0", "enc1.nn"), normed_gin("encoder.1", "enc2.nn")),
                 gin("decoder.0", "dec.nn.")),
            {{"decoder.0.second.bias", "dec.nn.lin2.bias"},
             {"middle.weight", "middle.weight", true},
             {"token", "token"}}),
       {{"encoder", "gin"},
        {"decoder", "gin"},
        {"batch_norm", "true"},
        {"hidden", "16"},
        {"replace", "0.2"},
        {"gamma", "2"},
        {"dropout", "0"},
        {"schedule", "constant"}},
       {"encoder.0.first.bias", "encoder.0.second.bias", "encoder.1.first.bias", "encoder.1.second.bias",
        "decoder.0.first.bias"},
       graphmae_of},
      {"graphcl",
       with(summed_layers(), with(linear("head.0", "head1"), linear("head.1", "head2"))),
       {{"hidden", "16"}, {"epsilon", "0"}, {"tau", "0.2"}},
       {"encoder.0.second.bias", "encoder.1.second.bias", "encoder.2.second.bias"},
       graphcl_of},
      {"infograph",
       with(summed_layers(), with(shortcut_mlp("local", "local"), shortcut_mlp("global", "glob"))),
       {{"hidden", "16"}, {"layers", "3"}},
       {"encoder.0.second.bias", "encoder.1.second.bias", "encoder.2.second.bias"},
       infograph_of},
      {"maskgae",
       with(with(with(norm("encoder.0.norm", "bn1"), norm("encoder.1.norm", "bn2")),
                 with(linear("link.0", "edge1"), linear("link.1", "edge2"))),
            with(with(linear("degree.0", "deg1"), linear("degree.1", "deg2")),
                 {{"encoder.0.weight", "conv1.lin.weight", true}, {"encoder.1.weight", "conv2.lin.weight", true}})),
       {{"hidden", "16"},
        {"layers", "2"},
        {"all_layers", "false"},
        {"dropout", "0"},
        {"decoder_hidden", "16"},
        {"decoder_dropout", "0"},
        {"alpha", "0.003"}},
       {"encoder.0.bias", "encoder.1.bias"},
       maskgae_of},
      {"mvgrl",
       with({{"encoder.0.weight", "view1.fc.weight", true},
             {"encoder.0.bias", "bias1"},
             {"encoder.0.slope", "view1.act.weight"},
             {"diffused.0.weight", "view2.fc.weight", true},
             {"diffused.0.bias", "bias2"},
             {"diffused.0.slope", "view2.act.weight"}},
            discriminator),
       {{"hidden", "16"}},
       {},
       mvgrl_of,
       true},
      {"vgae",
       {{"encoder.0.weight", "conv0.lin.weight", true},
        {"mean.weight", "mu.lin.weight", true},
        {"log_deviation.weight", "logstd.lin.weight", true}},
       {{"hidden", "16"}, {"code", "4"}},
       {"encoder.0.bias", "mean.bias", "log_deviation.bias"},
       vgae_of},
  };
  return all;
}

bool compare(const Group& file, const System& system, Comparison& compare) {
  const Dataset data = dataset_of(file);
  const auto made = [&] {
    Options::Values values = options_of(file);
    for (const auto& [key, value] : system.options) values[key] = value;
    const Options options(Rng(0), values);
    Pretext pretext = started(system.make(file, data, options, std::make_shared<std::size_t>(0)), file, system.weights);
    options.refuse_unknown();
    for (const std::string& name : system.fixed) pretext.params.freeze(name);
    pretext.batches = {};  // a step of the files sees all graphs, in their order
    return pretext;
  };
  const Group& expected = file.group(system.rounded ? "f32" : precision);
  const bool single = sizeof(Real) == 4 || system.rounded;
  const double gap = single ? std::max(1e-5, 20 * file.number("loss_gap_f32_f64", 0)) : forward_tolerance;

  const Pretext once = made(), trained = made();
  backward(once.loss(data.all, Rng(0)));
  for (const auto& [ours, theirs, transposed] : system.weights)
    if (expected.has("first_grad/" + theirs))
      compare.gradient("first_grad/" + theirs, once.params.at(ours).grad(),
                       transposed_if(expected.array("first_grad/" + theirs), transposed));

  std::vector<double> losses;
  pretrain(trained, data.all, Rng(0), {.progress = [&](const Progress& p) { return losses.push_back(p.loss), true; }});
  const Array& golden = expected.array("loss");
  if (losses.size() != golden.values.size()) compare.fail("as many losses as steps");
  for (std::size_t t = 0; t < std::min(losses.size(), golden.values.size()); ++t)
    compare.number(fmt::format("loss {}", t), losses[t], golden.values[t], gap);
  for (const auto& [ours, theirs, transposed] : system.weights)
    compare.forward("final/" + theirs, trained.params.at(ours).value(),
                    transposed_if(expected.array("final/" + theirs), transposed), gap);
  if (expected.has("embedding"))
    compare.forward("embedding", outcome_of(trained, data.all).embedding.as_dense(), expected.array("embedding"), gap);
  return true;
}

}  // namespace

std::vector<Case> trajectory_cases(std::shared_ptr<const Group> file, const std::filesystem::path& path) {
  const std::string system = path.stem();
  return {{"steps", [=](Comparison& c) {
             const auto known = std::ranges::find(systems(), system, &System::name);
             return known != systems().end() && compare(*file, *known, c);
           }}};
}

}  // namespace pfm::parity
