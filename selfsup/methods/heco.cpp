// HeCo (Wang et al. 2021, arXiv:2105.09111): two views of a node of the first type must agree with each other.
//   schema view: a few drawn neighbours of each type by attention, then attention between the types;
//   meta-path view: a GCN along each meta-path, then attention between the meta-paths, which is what is embedded.
//   lambda l(mp, sc) + (1 - lambda) l(sc, mp), l of the projected rows with several positives a row
//   (info_nce_positives).
// As in the authors' program weights start normal with deviation 1.414 sqrt(2 / (in + out)), biases uniform within
// 1 / sqrt(in), neighbours have no features but themselves, and what drops of an attention is entries of its vector.
// Neighbours are drawn anew each step.
#include <pfm/encoders/gcn.h>
#include <pfm/encoders/han.h>
#include <pfm/graph/relations.h>
#include <pfm/nn/activations.h>
#include <pfm/nn/edge_attention.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/products.h>
#include <pfm/nn/shape.h>
#include <pfm/nn/starts.h>
#include <pfm/selfsup/losses.h>
#include <pfm/selfsup/methods/methods.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace pfm {
namespace {

using Random = std::optional<Rng>;

// A matrix of that start under the name that a layer made of `p` then takes up.
Var start(const Params& p, const char* name, Offset in, Offset out) {
  return p.normal(name, in, out, 1.414 * std::sqrt(2.0 / double(in + out)));
}

// Projected rows are small beside such biases, so that all look alike at first: from biases of 0 the loss falls faster
// and the rows get worse.
void start_linear(const Params& p, Offset in, Offset out) {
  start(p, "weight", in, out);
  start_uniform_bias(p, in, out);
}

Linear linear(const Params& p, Offset in, Offset out) {
  start_linear(p, in, out);
  return {p, in, out};
}

SemanticAttention attention_between(const Params& p, Offset width) {
  start_linear(p / "key", width, width);
  start(p, "query", 1, width);
  return {p, width, width};
}

// Neighbours of one type, as the items' own relation leads to them.
struct Neighbours {
  Sparse of;  // [items, nodes of the type]
  int drawn;  // of each item; with repetition where there are fewer
  Linear input;
  Var attention;  // [1, 2 width]: of the item, of the neighbour

  Sparse draw(const Rng& rng) const {
    std::vector<Offset> offsets{0};
    std::vector<NodeId> columns;
    for (NodeId i = 0; i < NodeId(of.rows()); ++i) {
      const auto all = of.columns(i);
      const Rng own = rng.split(std::uint64_t(i));
      if (all.size() >= std::size_t(drawn))
        for (const NodeId k : sample_without(NodeId(all.size()), NodeId(drawn), own)) columns.push_back(all[k]);
      else
        for (int k = 0; k < drawn && !all.empty(); ++k) columns.push_back(all[own.below(std::uint64_t(k), all.size())]);
      std::sort(columns.begin() + offsets.back(), columns.end());
      offsets.push_back(Offset(columns.size()));
    }
    return {of.rows(), of.cols(), std::move(offsets), std::move(columns)};
  }
};

struct Views {
  Real feature_dropout, attention_dropout;
  Linear input;  // of the items
  std::vector<Neighbours> neighbours;
  SemanticAttention between_types;
  std::vector<Graph> paths;
  std::vector<Gcn> along;
  std::vector<PRelu> activate;
  SemanticAttention between_paths;

  Var dropped(const Var& x, Real rate, const Random& rng, const char* what) const {
    return rng && rate > 0 ? dropout(x, rate, rng->split(what)) : x;
  }
  Var entered(const Var& rows, const Random& rng, std::uint64_t type) const {
    return elu(dropped(rows, feature_dropout, rng ? Random(rng->split(type)) : rng, "rows"));
  }

  Var meta_paths(const Var& items, const Random& rng) const {
    std::vector<Var> views;
    for (std::size_t m = 0; m < paths.size(); ++m) views.push_back(activate[m](along[m](paths[m], items)));
    return between_paths(views, dropped(between_paths.query, attention_dropout, rng, "paths"));
  }

  Var schema(const Var& items, const Rng& rng) const {
    std::vector<Var> views;
    for (std::size_t t = 0; t < neighbours.size(); ++t) {
      const Neighbours& n = neighbours[t];
      const Rng own = rng.split("type").split(t);
      const Var rows = entered(apply(n.input, Features::identity(NodeId(n.of.cols()))), own, t + 1);
      const Var vector = dropped(n.attention, attention_dropout, own, "attention");
      const Offset width = items.cols();
      const Var target = multiply_transposed(items, slice_columns(vector, 0, width)),
                source = multiply_transposed(rows, slice_columns(vector, width, 2 * width));
      views.push_back(elu(additive_attention(n.draw(own.split("draw")), source, target, {}, rows, Real(0.01))));
    }
    return between_types(views, dropped(between_types.query, attention_dropout, rng, "types"));
  }
};

// "7,1" -> 7 and 1.
std::vector<int> numbers(const std::string& text) {
  std::vector<int> all;
  const char *at = text.data(), *end = at + text.size();
  while (true) {
    int n = 0;
    const auto [after, error] = std::from_chars(at, end, n);
    if (error != std::errc() || n < 1 || (after != end && *after != ','))
      throw Error(Fault::usage, "option neighbours: expected numbers from 1, as 7,1, got \"" + text + "\"");
    all.push_back(n);
    if (after == end) return all;
    at = after + 1;
  }
}

// Each relation between the items and another type, in their order; the last number drawn serves those left over.
std::vector<Neighbours> neighbours_of(const Params& p, const Dataset& data, const std::vector<int>& drawn, int width) {
  std::vector<Neighbours> all;
  const Types& types = data.types;
  for (std::int32_t r = 0; r < std::int32_t(types.relations.size()); ++r) {
    const Types::Relation& is = types.relations[r];
    if ((is.source == 0) == (is.target == 0)) continue;
    const Sparse given = relation(data.all.graph, types, r);
    const Sparse of = is.source == 0 ? given : given.transpose();
    const Params own = p / types.nodes[is.source == 0 ? is.target : is.source];
    all.push_back({of.without_values(), drawn[std::min(all.size(), drawn.size() - 1)],
                   linear(own / "input", of.cols(), width), start(own, "attention", 1, 2 * width)});
  }
  return all;
}

// The columns of row i are what item i should be near to; an item without any is near to itself.
Sparse positives_of(const Dataset& data) {
  std::vector<Offset> offsets{0};
  std::vector<NodeId> columns;
  for (NodeId i = 0; i < NodeId(data.positives.rows()); ++i) {
    const auto given = data.positives.columns(i);
    columns.insert(columns.end(), given.begin(), given.end());
    if (given.empty()) columns.push_back(i);
    offsets.push_back(Offset(columns.size()));
  }
  return {data.positives.rows(), data.positives.cols(), std::move(offsets), std::move(columns)};
}

Pretext make(const Dataset& data, const Options& o) {
  const Training training = training_options(o, {.epochs = 10000, .patience = 5, .lr = 8e-4});
  const int width = o("hidden", 64);
  const Real tau = Real(o("tau", 0.8)), lambda = Real(o("lambda", 0.5));
  const Real feature_dropout = Real(chance_from(o, "dropout", 0.3)),
             attention_dropout = Real(chance_from(o, "attention_dropout", 0.5));
  const std::vector<int> drawn = numbers(o("neighbours", "7,1"));
  if (width < 1 || !(tau > 0)) throw Error(Fault::usage, "options hidden: at least 1; tau: above 0");
  if (data.types.empty() || data.metapaths.empty() || data.positives.rows() == 0)
    throw Error(Fault::input, data.name + ": HeCo needs several kinds of nodes, meta-paths and positives");
  const Params p(o.rng), e = p / "encoder";
  const Features x = type_features(data.all.x, data.types, 0).row_normalised();
  Views v{feature_dropout,
          attention_dropout,
          linear(e / "input", x.cols(), width),
          neighbours_of(p / "schema", data, drawn, width),
          attention_between(p / "schema", width),
          {},
          {},
          {},
          attention_between(e, width)};
  if (v.neighbours.empty())
    throw Error(Fault::input, data.name + ": HeCo needs relations between the items and other kinds of nodes");
  for (const auto& [name, pairs] : data.metapaths) {
    const Params own = e / name;
    start(own, "weight", width, width);
    v.paths.emplace_back(pairs);
    v.along.emplace_back(own, width, width, Propagation{.loops = Loops::as_given});
    v.activate.emplace_back(own);
  }
  for (const char* layer : {"0", "1"}) start_linear(p / "head" / layer, width, width);
  const Mlp head(p / "head", {width, width, width}, [](const Var& a) { return elu(a); });
  const Sparse positives = positives_of(data);
  const auto views = std::make_shared<const Views>(std::move(v));
  auto forward = [=](const Batch&, const Input& rows, Random rng) {
    return views->meta_paths(views->entered(apply(views->input, rows), rng, 0), rng);
  };
  auto loss = [=](const Batch& b, Rng rng) {
    const Var items = views->entered(apply(views->input, b.x), rng, 0);
    const Var mp = head(views->meta_paths(items, rng)), sc = head(views->schema(items, rng));
    return add(scale(info_nce_positives(mp, sc, positives, tau), lambda),
               scale(info_nce_positives(sc, mp, positives, tau), 1 - lambda));
  };
  auto prepare = [=](const Batch&) {
    Batch items;
    items.graph = views->paths[0];
    items.x = x;
    return items;
  };
  return {.params = p, .encoder = {forward, width}, .loss = loss, .training = training, .prepare = prepare};
}

}  // namespace

Method heco() {
  return {.id = "heco",
          .name = "HeCo",
          .make = make,
          .paper = "2105.09111",
          .presets = {{"acm", "heco-20-40-60", {}, {89.04, 0.5, "HeCo"}},
                      {"dblp",
                       "heco-20-40-60",
                       {{"patience", "30"},
                        {"tau", "0.9"},
                        {"dropout", "0.4"},
                        {"attention_dropout", "0.35"},
                        {"neighbours", "6"}},
                       {90.64, 0, "HeCo"}},
                      {"freebase",
                       "heco-20-40-60",
                       {{"lr", "0.001"},
                        {"patience", "20"},
                        {"tau", "0.5"},
                        {"dropout", "0.1"},
                        {"attention_dropout", "0.3"},
                        {"neighbours", "18,1,2"}},
                       {}}},
          .about = "neighbours of each kind against meta-paths: both views of a node agree, with several positives"};
}

}  // namespace pfm
