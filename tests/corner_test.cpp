#include <doctest/doctest.h>
#include <pfm/encoders/stack.h>
#include <pfm/io/builtin.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/reductions.h>
#include <pfm/nn/shape.h>
#include <pfm/sampling/neighbourhood.h>
#include <pfm/tests/matrices.h>

using namespace pfm;

namespace {

struct Result {
  Var rows;
  std::vector<Matrix> gradients;
};

Result result_of(const Params& p, const Var& rows) {
  p.clear_grads();
  backward(mean(square(add_scalar(rows, Real(0.3)))));
  Result result{rows, {}};
  for (const std::string& name : p.trainable()) result.gradients.push_back(p.at(name).grad().clone());
  return result;
}

}  // namespace

TEST_SUITE("corner") {
  TEST_CASE(
      "layers that compute only what is still needed give the seeds the rows that all of them would, and the same "
      "gradients") {
    const Batch all = io::builtin("karate").all;
    const std::vector<NodeId> seeds{33, 4, 11};
    const Batch around = NeighbourSampler(all, {.fanouts = {3, 3}}).sample(seeds, Rng(4));
    Batch whole = around;
    whole.hops.clear();
    REQUIRE(around.hops[1] < around.rows());
    for (const char* kind : {"gcn", "sage", "gat", "gatv2", "gin", "mlp", "sgc", "supergat", "transformerconv",
                             "graphconv", "cheb", "rgcn"})
      for (const bool every : {false, true}) {
        INFO("encoder ", std::string(kind));
        const Params p(Rng(7));
        StackSettings settings{.kind = kind, .hidden = 6, .layers = 2, .all_layers = every, .skip = true};
        settings.convolution.batch_norm = false, settings.convolution.hops = 1;
        const Encoder encoder = stack(p, all.x.cols(), settings);
        const Result some = result_of(p, encoder(around)),
                     expected = result_of(p, slice_rows(encoder(whole), 0, Offset(seeds.size())));
        REQUIRE(some.rows.rows() == Offset(seeds.size()));
        CHECK(largest_difference(some.rows.value(), expected.rows.value()) < 1e-6);
        for (std::size_t i = 0; i < expected.gradients.size(); ++i)
          CHECK(largest_difference(some.gradients[i], expected.gradients[i]) < 1e-6);
      }
  }
  TEST_CASE("a corner keeps the scale of the whole graph, and refuses edges from outside") {
    const Graph graph = io::builtin("karate").all.graph;
    const Batch around =
        NeighbourSampler(io::builtin("karate").all, {.fanouts = {2}}).sample(std::vector<NodeId>{0, 9}, Rng(1));
    const Graph corner = around.graph.corner(2, around.rows());
    const Sparse &part = corner.propagation(), &whole = around.graph.propagation();
    CHECK(part.rows() == 2);
    CHECK(part.cols() == around.rows());
    for (NodeId v = 0; v < 2; ++v) CHECK(std::ranges::equal(part.values(v), whole.values(v)));
    CHECK(corner.edges() == around.graph.edges());
    CHECK_THROWS_AS(graph.corner(2, 3), std::logic_error);
    CHECK_THROWS_AS(graph.corner(3, 2), std::logic_error);
  }
}
