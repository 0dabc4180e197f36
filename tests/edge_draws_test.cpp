// Edges are drawn in proportion to weight.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <pfm/io/builtin.h>
#include <pfm/kernels/parallel.h>
#include <pfm/sampling/edge_draws.h>
#include <pfm/tests/chi_square.h>

#include <limits>

using namespace pfm;

namespace {

Sparse karate(bool weighted, Real weight_of_last = 3) {
  const Sparse plain = io::builtin("karate").all.graph.adjacency().without_values();
  if (!weighted) return plain;
  std::vector<Real> weights;
  for (Offset e = 0; e < plain.nonzeros(); ++e) weights.push_back(Real(e % 4));
  weights.back() = weight_of_last;
  return plain.with_values(std::move(weights));
}

}  // namespace

TEST_SUITE("negatives") {
  TEST_CASE("edges are drawn uniformly, or by weight, the same at one and two threads and in pieces") {
    constexpr std::size_t draws = 200'000;
    for (const bool weighted : {false, true}) {
      const Sparse edges = karate(weighted);
      const EdgeDraws sampler(edges);
      std::vector<NodeId> pairs(2 * draws), again(2 * draws);
      {
        const Threads one(1);
        sampler.draw(7, Rng(1), pairs);
      }
      sampler.draw(7, Rng(1), std::span(again).first(draws));
      sampler.draw(7 + draws / 2, Rng(1), std::span(again).last(draws));
      CHECK(pairs == again);
      std::vector<double> found(34 * 34), expected(34 * 34);
      double sum = 0;
      for (NodeId u = 0; u < 34; ++u)
        for (std::size_t i = 0; i < edges.columns(u).size(); ++i)
          sum += expected[std::size_t(34 * u + edges.columns(u)[i])] = weighted ? double(edges.values(u)[i]) : 1;
      for (double& e : expected) e *= double(draws) / sum;
      for (std::size_t i = 0; i < draws; ++i) ++found[std::size_t(34 * pairs[2 * i] + pairs[2 * i + 1])];
      ChiSquare test;
      test.add(found, expected);
      MESSAGE(fmt::format("edges, {}: p-value {}", weighted ? "by weight" : "uniform", test.p_value()));
      CHECK(test.p_value() > 1e-4);
    }
  }

  TEST_CASE("edges that cannot be drawn are refused") {
    CHECK_THROWS_WITH_AS(EdgeDraws(Sparse(3, 3, {0, 0, 0, 0}, {})), doctest::Contains("there are 0"), Error);
    for (const Real wrong : {Real(-1), std::numeric_limits<Real>::quiet_NaN()})
      CHECK_THROWS_WITH_AS(EdgeDraws(karate(true, wrong)), doctest::Contains("not negative"), Error);
  }
}
