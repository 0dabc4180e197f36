// LINE (Tang et al. 2015, arXiv:1503.03578): edges, drawn by weight, are pairs to be told from drawn ones.
//   order 1: max sum over edges of w [log sigmoid(u_j . u_i) + sum over 5 drawn n of log sigmoid(-u_n . u_i)]  (eq. 3,
//   7) order 2: the same with c_j, c_n for u_j, u_n: each node has a row as itself, u, and one as context, c  (eq. 6,
//   7)
// Nodes are drawn in proportion to degree^(3/4). Each order is a model of its own; rows of u are normalised and stand
// side by side (section 4.1.3). An edge goes both ways: both of its pairs are trained as it is drawn.
#include <pfm/encoders/table.h>
#include <pfm/graph/degrees.h>
#include <pfm/graph/symmetrise.h>
#include <pfm/kernels/skipgram.h>
#include <pfm/nn/norms.h>
#include <pfm/nn/shape.h>
#include <pfm/sampling/edge_draws.h>
#include <pfm/selfsup/methods/methods.h>

#include <cmath>

namespace pfm {
namespace {

constexpr Offset steps = 100;

struct Order {
  Table rows;
  Var contexts;  // empty in order 1: the rows themselves
};

struct Samples {
  EdgeDraws edges;
  SkipgramOutputs negatives;
  SkipgramRules rules;
  Offset edges_a_step;

  double train(const Order& order, std::int64_t step, Rng rng) const {
    constexpr Offset at_once = 16 * skipgram_round;
    Var in = order.rows.table, out = order.contexts ? order.contexts : order.rows.table;
    std::vector<NodeId> drawn;
    SkipgramLoss sum;
    for (Offset done = 0; done < edges_a_step; done += at_once) {
      drawn.resize(std::size_t(2 * std::min(at_once, edges_a_step - done)));
      edges.draw(std::uint64_t(done), rng.split("edges"), drawn);
      const SkipgramLoss loss = train_skipgram(drawn, 2, step * edges_a_step + done, steps * edges_a_step, negatives,
                                               rules, rng.split("negatives"), in.value(), out.value());
      sum.sum += loss.sum, sum.pairs += loss.pairs;
    }
    return sum.sum / double(sum.pairs);
  }
};

std::vector<Order> orders_from(const std::string& which, const Params& p, Offset nodes, Offset dimensions, Rng rng) {
  const Offset width = which == "both" ? dimensions / 2 : dimensions;
  std::vector<Order> orders;
  for (const char* name : {"1", "2"}) {
    if (which != "both" && which != name) continue;
    Order order{Table(p / "encoder" / name, nodes, width), {}};
    order.rows.table.value() = skipgram_start(nodes, width, rng.split(name));
    if (name[0] == '2') order.contexts = p.state("contexts", nodes, width);
    orders.push_back(std::move(order));
  }
  return orders;
}

}  // namespace

static Pretext make(const Dataset& data, const Options& o) {
  const std::string which = o("order", "both");
  const int dimensions = o("dimensions", 200), negative = o("negative", 5);
  const double samples = o("samples", 100.0);  // millions of pairs, of each order
  const SkipgramRules rules{.window = 1, .rate = Real(o("lr", 0.025))};
  if (which != "1" && which != "2" && which != "both")
    throw Error(Fault::usage, "option order: expected 1, 2 or both, got \"" + which + "\"");
  if (dimensions < 2 || negative < 1 || !(samples > 0 && samples < 1e6) || !(rules.rate > 0))
    throw Error(Fault::usage, "options negative: at least 1; dimensions: at least 2; samples, lr: above 0");
  if (data.all.graph.edges() == 0) throw Error(Fault::input, data.name + ": LINE needs edges, the graph has none");
  const Graph graph = symmetrised(data.all.graph);
  const Params p(o.rng);
  const auto training = std::make_shared<const Samples>(Samples{EdgeDraws(graph.adjacency()),
                                                                NegativeSampling(strengths(graph), negative), rules,
                                                                Offset(std::ceil(samples * 1e6 / 2 / steps))});
  const std::vector<Order> orders = orders_from(which, p, graph.nodes(), dimensions, o.rng);
  auto forward = [=](const Batch& where, const Input&, std::optional<Rng>) {
    std::vector<Var> parts;
    for (const Order& order : orders) parts.push_back(l2_normalise(order.rows(where)));
    return concat_columns(parts);
  };
  const int width = int(orders.size() * std::size_t(orders[0].rows.table.cols()));
  Pretext pretext{.params = p, .encoder = {forward, width}, .loss = {}, .training = {.epochs = steps}};
  pretext.step = [=](const Batch&, std::int64_t step, Rng draws) {
    double loss = 0;
    for (std::size_t i = 0; i < orders.size(); ++i) loss += training->train(orders[i], step, draws.split(i));
    return loss / double(orders.size());
  };
  return pretext;
}

Method line() {
  return {.id = "line",
          .name = "LINE",
          .make = make,
          .paper = "1503.03578",
          .presets = {{"blogcatalog", "topk-ovr@90", {}, {39.21, 0, "CogDL leaderboard"}},
                      {"ppi", "topk-ovr@90", {{"samples", "10"}}, {23.20, 0, "CogDL leaderboard"}}},
          .about = "edges told from drawn pairs: nodes alike as neighbours, as contexts, or both"};
}

}  // namespace pfm
