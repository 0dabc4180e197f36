// GCC (Qiu et al. 2020, arXiv:2006.09963). Two subgraphs that walks with restart from one node reach must recognise
// each other among those of the other nodes of the batch (eq. 1, end to end), by structure alone: a node is known by
// its entries in the first eigenvectors of the subgraph's normalised Laplacian, its degree there, and whether it is the
// seed. With "queue" among that many subgraphs of steps before, whose rows a slowly following encoder made (MoCo; the
// paper has 16,384, from graphs with more nodes: keep it below their number, or a node's own earlier rows count as
// others). Here every node is a seed once an epoch, where the authors draw them by degree^(3/4) from several graphs; no
// dropout, one rate. A node's row is the mean of two subgraphs' rows.
#include <pfm/encoders/readout.h>
#include <pfm/encoders/stack.h>
#include <pfm/graph/laplacian.h>
#include <pfm/graph/symmetrise.h>
#include <pfm/kernels/rows.h>
#include <pfm/nn/norms.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/shape.h>
#include <pfm/sampling/restart_subgraphs.h>
#include <pfm/selfsup/key_queue.h>
#include <pfm/selfsup/losses.h>
#include <pfm/selfsup/methods/methods.h>
#include <pfm/selfsup/momentum.h>

#include <algorithm>
#include <numeric>
#include <optional>

namespace pfm {
namespace {

constexpr NodeId positions = 32, most_degree = 512;
constexpr Offset degree_width = 16;

// Unit rows of the first eigenvectors of each subgraph, 0 where it has fewer; the seed's mark; the degree.
Features structure_of(const Batch& subgraphs) {
  Matrix x = Matrix::zeros(subgraphs.rows(), positions + 2);
  const auto count = Offset(subgraphs.segments.size()) - 1;
  parallel_for(count, 8, [&](Offset first, Offset last) {
    for (Offset g = first; g < last; ++g) {
      const Graph graph = chosen_samples(subgraphs, std::vector<NodeId>{NodeId(g)}).graph;
      const Offset begin = subgraphs.segments[std::size_t(g)];
      const NodeId k = std::min(positions, graph.nodes() - 2);
      Matrix rows = k > 0 ? laplacian_spectrum(graph, k).vectors : Matrix();
      if (k > 0) l2_normalise_rows(rows);
      for (NodeId v = 0; v < graph.nodes(); ++v) {
        if (k > 0) std::ranges::copy(rows.row(v), x.row(begin + v).begin());
        x(begin + v, positions) = Real(v == 0);
        x(begin + v, positions + 1) = Real(std::min<std::size_t>(graph.adjacency().columns(v).size(), most_degree));
      }
    }
  });
  return x;
}

// Subgraphs around nodes of the undirected graph.
class Surroundings {
 public:
  Surroundings(const Graph& graph, const RestartRules& rules) : sampler_(Subgraphs(bare(graph)), rules) {}
  Batch around(std::span<const NodeId> seeds, const Rng& rng) const {
    Batch batch = sampler_.sample(seeds, rng);
    batch.x = structure_of(batch);
    return batch;
  }

 private:
  static Batch bare(const Graph& graph) {
    Batch batch;
    batch.graph = symmetrised(graph);
    batch.x = Matrix::zeros(graph.nodes(), 1);
    return batch;
  }
  RestartSubgraphs sampler_;
};

// Unit rows of subgraphs: GIN layers, of all of which and of the input the sums are mapped to `out` columns.
struct SubgraphEncoder {
  SubgraphEncoder(const Params& p, int hidden, int layers, int out)
      : degrees(p.normal("degree", most_degree + 1, degree_width, 1)),
        gin(stack_of(p, hidden, layers)),
        last(p / "last", positions + 1 + degree_width + gin.width, out) {}

  Var operator()(const Batch& subgraphs, std::optional<Rng> rng) const {
    const Matrix& x = subgraphs.x.dense();
    std::vector<NodeId> degree;
    for (Offset v = 0; v < x.rows(); ++v) degree.push_back(NodeId(x(v, positions + 1)));
    const Var rows = concat_columns({slice_columns(Var(x.clone()), 0, positions + 1), gather_rows(degrees, degree)});
    const Var layers = gin.forward(subgraphs, rows, rng);
    return l2_normalise(last(sum_readout(subgraphs, concat_columns({rows, layers}))), Real(1e-5));
  }

  static Encoder stack_of(const Params& p, int hidden, int layers) {
    return stack(p, positions + 1 + degree_width,
                 {.kind = "gin",
                  .hidden = hidden,
                  .layers = layers,
                  .activation = "relu",
                  .batch_norm = true,
                  .all_layers = true});
  }

  Var degrees;
  Encoder gin;
  Linear last;
};

Var mean_of_two(const Surroundings& surroundings, const SubgraphEncoder& encoder, NodeId nodes, const Rng& rng) {
  constexpr NodeId a_time = 256;
  std::vector<Var> parts;
  for (NodeId begin = 0; begin < nodes; begin += a_time) {
    std::vector<NodeId> seeds(std::size_t(std::min(a_time, nodes - begin)));
    std::iota(seeds.begin(), seeds.end(), begin);
    const Rng draws = rng.split(std::uint64_t(begin));
    const Var one = encoder(surroundings.around(seeds, draws.split(1)), {}),
              two = encoder(surroundings.around(seeds, draws.split(2)), {});
    parts.push_back(scale(add(one, two), Real(0.5)));
  }
  return concat_rows(parts);
}

// Every node is a seed once an epoch: the subgraphs of all seeds of a batch, then others of the same seeds.
MiniBatches two_around_each(const Batch& all, const RestartRules& rules, int batch) {
  const auto surroundings = std::make_shared<const Surroundings>(all.graph, rules);
  std::vector<NodeId> nodes(static_cast<std::size_t>(all.rows()));
  std::iota(nodes.begin(), nodes.end(), NodeId{0});
  return in_random_order(
      std::move(nodes), batch,
      [=](std::span<const NodeId> seeds, const Rng& rng) {
        std::vector<NodeId> twice(seeds.begin(), seeds.end());
        twice.insert(twice.end(), seeds.begin(), seeds.end());
        return surroundings->around(twice, rng);
      },
      2);
}

// One of the two subgraphs of each seed.
Batch half_of(const Batch& pairs, NodeId half) {
  std::vector<NodeId> chosen((pairs.segments.size() - 1) / 2);
  std::iota(chosen.begin(), chosen.end(), half * NodeId(chosen.size()));
  return chosen_samples(pairs, chosen);
}

// A slow encoder and the rows that it made.
struct Keys {
  SubgraphEncoder encoder;
  KeyQueue queue;

  Var of(const Batch& subgraphs, const Rng& rng) {
    const NoGradient following;
    const Var rows = encoder(subgraphs, rng);
    queue.keep(rows.value());
    return rows;
  }
};

struct Sizes {
  int hidden, layers, out, queue;
};

Sizes sizes_from(const Options& o) {
  const Sizes sizes{o("hidden", 64), o("layers", 4), o("out", 64), o("queue", 0)};
  if (sizes.hidden < 1 || sizes.layers < 1 || sizes.out < 1)
    throw Error(Fault::usage, "options hidden, layers, out: at least 1");
  if (sizes.queue < 0) throw Error(Fault::usage, "option queue: how many rows, 0 for those of the batch alone");
  return sizes;
}

Pretext make(const Dataset& data, const Options& o) {
  const auto [hidden, layers, out, queue] = sizes_from(o);
  const Training training =
      training_options(o, {.epochs = 100, .batch = queue > 0 ? 32 : 256, .lr = 0.005, .weight_decay = 1e-5, .clip = 1});
  const auto tau = Real(o("tau", 0.07)), momentum = Real(o("momentum", 0.999));
  const RestartRules rules{.restart = o("restart", 0.8), .steps = o("steps", 256), .weighted = false};
  if (!(tau > 0)) throw Error(Fault::usage, "option tau: above 0");
  if (!(momentum >= 0 && momentum <= 1)) throw Error(Fault::usage, "option momentum: from 0 to 1");
  if (data.graphs() > 1 || data.nodes() < 2 || data.all.graph.edges() == 0)
    throw Error(Fault::input, data.name + ": gcc takes subgraphs around the nodes of one graph with edges");
  const Params p(o.rng);
  const SubgraphEncoder encoder(p / "encoder", hidden, layers, out);
  std::optional<Keys> keys;
  if (queue > 0) {
    keys.emplace(Keys{.encoder = SubgraphEncoder(p / "key", hidden, layers, out),
                      .queue = KeyQueue(p / "queue", queue, out, training.batch + 1, o.rng.split("queue"))});
    follow_from_start(p, "encoder", "key");
  }
  const Rng drawn = o.rng.split("surroundings");
  auto loss = [=](const Batch& b, Rng rng) mutable {
    if (keys) {
      const Var rows = encoder(half_of(b, 0), rng.split(1));
      return info_nce_queue(rows, keys->of(half_of(b, 1), rng.split(2)), keys->queue.rows(), tau);
    }
    const Var rows = encoder(b, rng);
    const Offset half = rows.rows() / 2;
    return info_nce_across(slice_rows(rows, 0, half), slice_rows(rows, half, 2 * half), tau);
  };
  const auto after_step = [=](std::int64_t, Rng) mutable {
    follow(p, "encoder", "key", momentum);
    keys->queue.push();
  };
  const auto forward = [=](const Batch& where, const Input&, std::optional<Rng>) {
    return mean_of_two(Surroundings(where.graph, rules), encoder, where.rows(), drawn);
  };
  Pretext pretext{.params = p, .encoder = {forward, out}, .loss = loss, .training = training};
  pretext.batches = [=](const Batch& all) { return two_around_each(all, rules, training.batch); };
  if (keys) pretext.after_step = after_step;
  return pretext;
}

}  // namespace

Method gcc() {
  return {.id = "gcc",
          .name = "GCC",
          .make = make,
          .paper = "2006.09963",
          .presets = {{"usa-airports", "lr10", {}, {64.8, 0, "GCC, table 2, end to end, pretrained on other graphs"}}},
          .about = "two subgraphs around a node must recognise each other by structure alone"};
}

}  // namespace pfm
