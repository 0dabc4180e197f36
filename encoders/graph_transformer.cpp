#include <fmt/format.h>
#include <pfm/encoders/activation.h>
#include <pfm/encoders/graph_transformer.h>
#include <pfm/encoders/readout.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/shape.h>

#include <mutex>

namespace pfm {
namespace {

std::optional<Rng> stream(const std::optional<Rng>& rng, std::uint64_t i) {
  return rng ? std::optional(rng->split(i)) : std::nullopt;
}

// A layer: x + attention(norm(x)), then h + feed_forward(norm(h)).
struct Layer {
  std::optional<MultiHeadAttention> attention;
  std::optional<TransformerConv> edges;
  LayerNorm attention_norm, feed_forward_norm;
  Linear widen, narrow;
  std::function<Var(const Var&)> activation;
  Real dropout;

  Layer(const Params& p, const GraphTransformerSettings& s)
      : attention_norm(p / "attention_norm", s.transformer.width, s.transformer.epsilon),
        feed_forward_norm(p / "feed_forward_norm", s.transformer.width, s.transformer.epsilon),
        widen(p / "feed_forward" / "0", s.transformer.width,
              s.transformer.feed_forward > 0 ? s.transformer.feed_forward : 2 * s.transformer.width),
        narrow(p / "feed_forward" / "1", widen.weight.cols(), s.transformer.width),
        activation(pfm::activation(s.transformer.activation, p)),
        dropout(s.transformer.dropout) {
    const TransformerSettings& t = s.transformer;
    if (s.attend != "edges") attention.emplace(p / "attention", t.width, t.heads, t.attention_dropout);
    if (s.attend != "segments")
      edges.emplace(p / "edges", t.width, t.width / t.heads,
                    AttentionSettings{.heads = t.heads, .dropout = t.attention_dropout});
  }

  Var operator()(const Batch& where, const Attended& to, const Var& x, const std::optional<Rng>& rng) const {
    const Dropout drop{dropout};
    const Var entering = attention_norm(x);
    Var seen;
    if (attention) seen = (*attention)(to.plan, entering, entering, to.bias, stream(rng, 0));
    if (edges) {
      const Var along = (*edges)(where.graph, entering, stream(rng, 1));
      seen = seen ? add(seen, along) : along;
    }
    const Var h = add(x, drop(seen, stream(rng, 2)));
    return add(h, drop(narrow(activation(widen(feed_forward_norm(h)))), stream(rng, 3)));
  }
};

// What is computed from a graph alone, of the last graph kept: a data set's does not change from step to step.
template <class Value>
class OfLastGraph {
 public:
  template <class Make>
  std::shared_ptr<const Value> operator()(const Graph& graph, Make make) {
    const std::lock_guard lock(guard_);
    if (!value_ || &graph.adjacency() != &graph_.adjacency()) {
      value_ = std::make_shared<const Value>(make());
      graph_ = graph;
    }
    return value_;
  }

 private:
  std::mutex guard_;
  Graph graph_;  // kept alive, so that its adjacency's address names it
  std::shared_ptr<const Value> value_;
};

// What is added to the rows of the input because of where they stand.
struct Standing {
  GraphTransformerSettings settings;
  std::optional<Linear> positions;
  Var degrees;
  std::shared_ptr<OfLastGraph<Matrix>> kept = std::make_shared<OfLastGraph<Matrix>>();

  Standing(const Params& p, const GraphTransformerSettings& s) : settings(s) {
    const Offset width = s.transformer.width;
    if (s.positions != "none") positions.emplace(p / "positions", s.position_width, width, Linear::Bias::no);
    if (s.degrees > 0) degrees = p.normal("degrees", s.degrees, width, 0.02);
  }

  Var operator()(const Batch& where, Var h, const std::optional<Rng>& rng) const {
    if (positions) {
      const auto make = [&] { return graph_positions(where, settings.positions, settings.position_width); };
      Matrix rows = (*kept)(where.graph, make)->clone();
      if (rng && settings.positions == "laplacian") turn_signs(rows, where, *rng);
      h = add(h, (*positions)(Var(std::move(rows))));
    }
    if (!degrees) return h;
    std::vector<NodeId> degree;
    for (NodeId v = 0; v < where.rows(); ++v)
      degree.push_back(NodeId(std::min<Offset>(Offset(where.graph.adjacency().columns(v).size()), degrees.rows() - 1)));
    return add(h, gather_rows(degrees, degree));
  }
};

void check(const GraphTransformerSettings& s) {
  if (s.attend != "segments" && s.attend != "edges" && s.attend != "both")
    throw Error(Fault::usage, fmt::format("attend: expected segments, edges or both, got \"{}\"", s.attend));
  if (s.transformer.heads < 1 || s.transformer.width % s.transformer.heads != 0)
    throw Error(Fault::usage, fmt::format("attention heads: expected a number that divides the width {}, got {}",
                                          s.transformer.width, s.transformer.heads));
  if (s.transformer.layers < 1) throw Error(Fault::usage, "layers: expected at least 1");
  if (s.position_width < 1 || s.distances < 0 || s.degrees < 0)
    throw Error(Fault::usage, "position_width, distances and degrees: expected at least 1, 0 and 0");
  graph_positions(Batch(), s.positions, 1);
}

}  // namespace

Encoder graph_transformer(const Params& p, Offset in, const GraphTransformerSettings& s) {
  check(s);
  const Offset width = s.transformer.width;
  const Linear input(p / "input", in, width);
  const Standing standing(p, s);
  const bool biased = s.distances > 0 && s.attend != "edges";
  const Var bias = biased ? p.constant("distances", s.distances + 2, s.transformer.heads, 0) : Var();
  std::vector<Layer> layers;
  for (int l = 0; l < s.transformer.layers; ++l) layers.emplace_back(p / std::to_string(l), s);
  const LayerNorm norm(p / "norm", width, s.transformer.epsilon);
  const Offset rows_width = s.all_layers ? s.transformer.layers * width : width;
  std::optional<Linear> output;
  if (s.out > 0) output.emplace(p / "output", rows_width, s.out);
  const auto kept = std::make_shared<OfLastGraph<PairIds>>();
  auto forward = [=](const Batch& where, const Input& x, std::optional<Rng> rng) {
    const std::vector<Offset> segments = segments_of(where);
    AttentionPlan plan = within(segments);
    if (biased) plan.pairs = *(*kept)(where.graph, [&] { return distance_pairs(where, s.distances); });
    const Attended to{.plan = std::make_shared<const AttentionPlan>(std::move(plan)), .bias = bias};
    Var h = standing(where, apply(input, x), stream(rng, 0));
    std::vector<Var> of_layers;
    for (std::size_t l = 0; l < layers.size(); ++l) {
      h = layers[l](where, to, h, stream(rng, l + 1));
      if (s.all_layers || l + 1 == layers.size()) of_layers.push_back(norm(h));
    }
    Var rows = concat_columns(of_layers);
    if (output) rows = (*output)(rows);
    return where.hops.empty() ? rows : slice_rows(rows, 0, where.hops[0]);
  };
  return {forward, int(s.out > 0 ? s.out : rows_width)};
}

}  // namespace pfm
