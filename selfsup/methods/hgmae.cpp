// HGMAE (Tian et al. 2023, arXiv:2208.09957). Of a heterogeneous graph three things are hidden from the items' codes h,
// which attention along each meta-path and between meta-paths gives (HAN), and must be told from the rest:
//   attributes: SCE of the masked rows of X, at a mask rate that grows with the epochs;
//   meta-path edges: sum over meta-paths m of beta_m SCE(f_i F^T, row i of D^-1/2 M D^-1/2), F from most edges dropped;
//   positions: SCE of an MLP of h and the rows of metapath2vec;
// F and the attributes come from one decoder, again a HAN, whose attention between meta-paths is beta. As in the
// authors' program ACM's mask rate starts at .5 and grows (their table: .4), and weights start so. Otherwise than
// there: of what more than `neighbours` items share along a meta-path (ACM's PSP: 4.3 million edges of 60 subjects) 16
// draws a step lose edges and attention, not each item's own, and of other neighbourhoods that large so many are drawn;
// edges are rebuilt for 512 drawn nodes, so that nothing grows with the square of the nodes; the learning rate is
// constant; the weights of the lowest loss stay, not the last; metapath2vec trains by SGD and its rows are taken as
// they are, not divided by their sums.
#include <pfm/encoders/han.h>
#include <pfm/encoders/wide_han.h>
#include <pfm/graph/relations.h>
#include <pfm/nn/activations.h>
#include <pfm/nn/edge_attention.h>
#include <pfm/nn/norms.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/products.h>
#include <pfm/nn/shape.h>
#include <pfm/nn/starts.h>
#include <pfm/selfsup/losses.h>
#include <pfm/selfsup/methods/methods.h>
#include <pfm/selfsup/pretrain.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace pfm {
namespace {

using Random = std::optional<Rng>;

constexpr Offset query_columns = 128;  // of the attention between meta-paths

SemanticAttention attention_between(const Params& p, Offset width) {
  start_uniform(p / "key", width, query_columns);
  p.uniform("query", 1, query_columns, 1 / std::sqrt(double(query_columns)));
  return {p, width, query_columns};
}

// A GAT along each meta-path, BatchNorm and PReLU, attention between meta-paths.
struct HanLayer {
  HanLayer(const Params& p, Offset in, Offset out, std::size_t paths, AttentionSettings how, Real rate)
      : activate(p), between(attention_between(p / "between", out)), dropped{rate} {
    for (std::size_t m = 0; m < paths; ++m) {
      const Params own = p / std::to_string(m);
      start_normal(own, in, how.heads, out / how.heads);
      along.emplace_back(own, in, out / how.heads, how);
      norms.emplace_back(own / "norm", out);
    }
  }

  Var operator()(const std::vector<MetaPath>& paths, const Input& x, const Random& rng) const {
    std::vector<Var> views;
    for (std::size_t m = 0; m < along.size(); ++m) {
      const Random own = rng ? Random(rng->split(m)) : rng;
      const Gat& gat = along[m];
      const Var h = multiply(own ? pfm::dropout(x, dropped.rate, own->split("rows")) : x, gat.weight);
      const auto score = [&](const Var& att) { return head_dots(h, att, gat.settings.heads); };
      const Var sums = paths[m].attend(gat.settings, score(gat.source), score(gat.target), h, own);
      views.push_back(activate(norms[m](add_row(sums, gat.bias), rng.has_value())));
    }
    return between(views);
  }

  std::vector<Gat> along;
  std::vector<BatchNorm> norms;
  PRelu activate;
  SemanticAttention between;
  Dropout dropped;
};

WideHan decoder_of(const Params& p, Offset in, Offset out, std::size_t paths, AttentionSettings how, Real rate) {
  how.heads = 1;
  for (std::size_t m = 0; m < paths; ++m) start_normal(p / std::to_string(m), in, 1, out);
  return {p, in, out, paths, how, rate, attention_between(p / "between", out)};
}

Var encode(const std::vector<HanLayer>& layers, const std::vector<MetaPath>& paths, const Input& x, const Random& rng) {
  Input h = x;
  for (std::size_t l = 0; l < layers.size(); ++l) h = layers[l](paths, h, rng ? Random(rng->split(l)) : rng);
  return h.var;
}

// start, start + step, .. in the epochs, until `end` is passed.
struct MaskRate {
  double start, step, end;
  MaskRate(const Options& o, const std::string& name, double from, double by, double to)
      : start(chance_from(o, name, from)), step(o(name + "_step", by)), end(chance_from(o, name + "_end", to)) {}
  double at(double epoch) const {
    const double rate = start + step * epoch;
    return rate < std::min(start, end) || rate > std::max(start, end) ? end : rate;
  }
};

// Linear, PReLU, dropout, three times; the last alone is linear.
struct PositionHead {
  PositionHead(const Params& p, Offset in, Offset out) {
    for (int l = 0; l < 3; ++l) {
      const Offset from = l == 0 ? in : out;
      start_uniform(p / std::to_string(l), from, out);
      layers.emplace_back(p / std::to_string(l), from, out);
      if (l < 2) activate.emplace_back(p / std::to_string(l));
    }
  }
  Var operator()(const Var& x, const Rng& rng) const {
    Var h = x;
    for (std::size_t l = 0; l < activate.size(); ++l) h = dropout(activate[l](layers[l](h)), Real(0.2), rng.split(l));
    return layers.back()(h);
  }
  std::vector<Linear> layers;
  std::vector<PRelu> activate;
};

// Rows of metapath2vec for the items.
Var positions(const Dataset& data, const Options::Values& how, const Rng& rng) {
  const Pretext walks = metapath2vec().make(data, Options(rng, how));
  pretrain(walks, data.all, rng.split("training"));
  const NoGradient finished;
  std::vector<NodeId> items(std::size_t(data.items()));
  std::iota(items.begin(), items.end(), NodeId{0});
  return gather_rows(walks.encoder(data.all), items).detached();
}

Options::Values position_options(const Options& o) {
  Options::Values how;
  const auto ask = [&](const char* name, int fallback) { how[name] = std::to_string(o(name, fallback)); };
  ask("dimensions", 64), ask("walks", 60), ask("length", 10), ask("window", 2), ask("negative", 3);
  return how;
}

struct Weights {
  Real gamma, edge_gamma, position_gamma;  // exponents of the errors
  Real edges, positions;                   // shares of the loss beside the attributes' 1
};

struct Parts {
  std::vector<MetaPath> whole;       // with loops
  std::vector<Features> to_rebuild;  // normalised
  std::vector<HanLayer> encoder;
  WideHan decoder;
  Linear for_attributes, for_edges;
  PositionHead for_positions;
  Var token, positions;
  int neighbours;
  Weights weights;

  std::vector<MetaPath> seen(double share, const Rng& rng) const {
    std::vector<MetaPath> paths;
    for (std::size_t m = 0; m < whole.size(); ++m) paths.push_back(whole[m].drawn(share, neighbours, rng.split(m)));
    return paths;
  }

  // Attributes of masked rows, and positions of all from the same codes.
  Var attributes(const Batch& b, double rate, double replace, double leave, const Rng& rng) const {
    const Batch view = mask_nodes(rate, replace, leave)(b, rng.split("mask"));
    const auto zeros = std::ptrdiff_t((1 - replace - leave) * double(view.hidden_nodes.size()));
    const Input x(view.x, token, {view.hidden_nodes.begin(), view.hidden_nodes.begin() + zeros});
    const std::vector<MetaPath> paths = seen(1, rng.split("paths"));
    const Var codes = encode(encoder, paths, x, rng.split("encoder"));
    Matrix shown = Matrix::filled(b.rows(), 1, 1);
    for (const NodeId i : view.hidden_nodes) shown(i, 0) = 0;
    const Var rebuilt =
        decoder(paths, multiply_column(for_attributes(codes), Var(std::move(shown))), rng.split("decoder"))
            .at(view.hidden_nodes);
    const Var of_masked = sce_loss(rebuilt, Var(b.x.gather(view.hidden_nodes).as_dense()), weights.gamma);
    const Var told = sce_loss(for_positions(codes, rng.split("positions")), positions, weights.position_gamma);
    return add(of_masked, scale(told, weights.positions));
  }

  Var edges(const Batch& b, double rate, const Rng& rng) const {
    const std::vector<MetaPath> paths = seen(1 - rate, rng.split("paths"));
    const Var codes = encode(encoder, paths, b.x, rng.split("encoder"));
    const WideHan::Rows rows = decoder(paths, for_edges(codes), rng.split("decoder"));
    std::vector<NodeId> some = sample_without(b.rows(), std::min(b.rows(), NodeId{512}), rng.split("rows"));
    const Var rebuilt = rows.dots(some);
    Var sum;
    for (std::size_t m = 0; m < whole.size(); ++m) {
      const Var error = sce_loss(rebuilt, Var(to_rebuild[m].gather(some).as_dense()), weights.edge_gamma);
      const Var part = hadamard(slice_columns(rows.shares, Offset(m), Offset(m) + 1), error);
      sum = sum ? add(sum, part) : part;
    }
    return scale(sum, weights.edges);
  }
};

void check(const Dataset& data, double replace, double leave, int layers, int heads, int hidden, int neighbours) {
  if (!(replace >= 0 && leave >= 0 && replace + leave < 1))
    throw Error(Fault::usage, "options replace, leave: from 0, together below 1");
  if (layers < 1 || heads < 1 || hidden < 1 || hidden % heads != 0 || neighbours < 1)
    throw Error(Fault::usage, "options layers, heads, hidden, neighbours: at least 1; heads divides hidden");
  if (data.types.empty() || data.metapaths.empty())
    throw Error(Fault::input, data.name + ": HGMAE needs several kinds of nodes and meta-paths");
}

Pretext make(const Dataset& data, const Options& o) {
  const Training training = training_options(o, {.epochs = 10000, .patience = 10, .lr = 8e-4});
  const int hidden = o("hidden", 1024), heads = o("heads", 4), layers = o("layers", 2);
  const MaskRate mask(o, "mask", 0.5, 0.005, 0.8), edge_mask(o, "edge_mask", 0.7, 0, 0.8);
  const double replace = o("replace", 0.2), leave = o("leave", 0.3);
  const Weights weights{Real(o("gamma", 1.0)), Real(o("edge_gamma", 3.0)), Real(o("position_gamma", 2.0)),
                        Real(o("edge_weight", 1.0)), Real(o("position_weight", 0.1))};
  const Real dropout = Real(chance_from(o, "dropout", 0.2)),
             attention_dropout = Real(chance_from(o, "attention_dropout", 0.5));
  const int neighbours = o("neighbours", 64);
  const Options::Values walks = position_options(o);
  check(data, replace, leave, layers, heads, hidden, neighbours);

  const Params p(o.rng);
  const Features x = type_features(data.all.x, data.types, 0).row_normalised();
  const std::size_t count = data.metapaths.size();
  const AttentionSettings how{.heads = heads, .loops = Loops::as_given, .dropout = attention_dropout};
  std::vector<HanLayer> encoder;
  for (int l = 0; l < layers; ++l)
    encoder.emplace_back(p / "encoder" / std::to_string(l), l == 0 ? x.cols() : hidden, hidden, count, how, dropout);
  for (const char* map : {"for_attributes", "for_edges"}) start_uniform_weight(p / map, hidden, hidden);
  Parts made{{},
             {},
             encoder,
             decoder_of(p / "decoder", hidden, x.cols(), count, how, dropout),
             Linear(p / "for_attributes", hidden, hidden, Linear::Bias::no),
             Linear(p / "for_edges", hidden, hidden, Linear::Bias::no),
             PositionHead(p / "for_positions", hidden, std::stoi(walks.at("dimensions"))),
             p.constant("token", 1, x.cols(), 0),
             positions(data, walks, o.rng.split("metapath2vec")),
             neighbours,
             weights};
  for (const auto& [name, pairs] : data.metapaths) {
    const Graph path(pairs);
    made.whole.emplace_back(path.messages(Loops::remaining).along, neighbours);
    made.to_rebuild.emplace_back(path.propagation({.loops = Loops::as_given}));
  }
  const auto parts = std::make_shared<const Parts>(std::move(made));
  const Var epoch = p.state("epoch", 1, 1);
  const auto forward = [=](const Batch&, const Input& rows, const Random& rng) {
    return encode(parts->encoder, parts->whole, rows, rng);
  };
  const auto loss = [=](const Batch& b, Rng rng) {
    const double now = double(epoch.scalar());
    const Var attributes = parts->attributes(b, mask.at(now), replace, leave, rng.split("attributes"));
    return add(attributes, parts->edges(b, edge_mask.at(now), rng.split("edges")));  // both move BatchNorm, in order
  };
  const auto prepare = [=](const Batch&) {
    Batch items;
    items.graph = Graph::without_edges(NodeId(x.rows()));
    items.x = x;
    return items;
  };
  const auto after_step = [epoch](std::int64_t step, const Rng&) { Var(epoch).value()(0, 0) = Real(step + 1); };
  return {.params = p,
          .encoder = {forward, hidden},
          .loss = loss,
          .training = training,
          .prepare = prepare,
          .after_step = after_step};
}

}  // namespace

Method hgmae() {
  const Options::Values dblp{{"lr", "0.001"},
                             {"hidden", "256"},
                             {"layers", "3"},
                             {"edge_mask", "0.5"},
                             {"gamma", "3"},
                             {"edge_weight", "0.5"},
                             {"replace", "0.3"},
                             {"position_weight", "0.5"},
                             {"leave", "0.1"},
                             {"dropout", "0.4"},
                             {"attention_dropout", "0"},
                             {"window", "4"}};
  const Options::Values freebase{{"lr", "0.001"},
                                 {"patience", "5"},
                                 {"hidden", "512"},
                                 {"layers", "3"},
                                 {"edge_mask", "0.5"},
                                 {"edge_mask_step", "0.005"},
                                 {"mask_step", "0.001"},
                                 {"gamma", "3"},
                                 {"position_gamma", "3"},
                                 {"edge_weight", "0.1"},
                                 {"position_weight", "0.05"},
                                 {"replace", "0.3"},
                                 {"leave", "0.2"},
                                 {"dropout", "0.1"},
                                 {"attention_dropout", "0.4"},
                                 {"dimensions", "256"},
                                 {"walks", "50"},
                                 {"window", "4"}};
  return {.id = "hgmae",
          .name = "HGMAE",
          .make = make,
          .paper = "2208.09957",
          .presets = {{"acm", "heco-20-40-60@decayed", {}, {91.59, 0, "HGMAE"}},
                      {"dblp", "heco-20-40-60", dblp, {}},
                      {"freebase", "heco-20-40-60", freebase, {}}},
          .about = "rebuilds masked attributes, dropped meta-path edges and positions of nodes of several kinds"};
}

}  // namespace pfm
