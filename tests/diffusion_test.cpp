// How things spread: ranks, heat, walks, spectra; nearest rows. Where a comment says so, numbers come from networkx
// 3.6.1 or numpy 2.4.6.
#include <doctest/doctest.h>
#include <pfm/graph/build.h>
#include <pfm/graph/diffusion.h>
#include <pfm/graph/knn_graph.h>
#include <pfm/graph/laplacian.h>
#include <pfm/graph/nearest_rows.h>
#include <pfm/graph/pagerank.h>
#include <pfm/graph/personalised_pagerank.h>
#include <pfm/graph/walk_returns.h>
#include <pfm/io/builtin.h>
#include <pfm/kernels/parallel.h>
#include <pfm/kernels/random.h>
#include <pfm/tests/matrices.h>

#include <cmath>
#include <numbers>

using namespace pfm;

namespace {

constexpr BuildRules as_listed{.undirected = false, .self_loops = BuildRules::SelfLoops::keep};

Graph karate() { return io::builtin("karate").all.graph; }

Graph torus(NodeId height, NodeId width) {
  std::vector<Edge> edges;
  for (NodeId i = 0; i < height; ++i)
    for (NodeId j = 0; j < width; ++j) {
      edges.push_back({i * width + j, i * width + (j + 1) % width});
      edges.push_back({i * width + j, (i + 1) % height * width + j});
    }
  return build_graph(height * width, edges);
}

// The largest |L v - value v| over all columns, L by its formula.
double residual(const Graph& g, const Spectrum& s) {
  const Sparse& a = g.adjacency();
  double largest = 0;
  const auto root = [&](Offset v) { return std::sqrt(double(a.columns(v).size())); };
  for (Offset j = 0; j < s.vectors.cols(); ++j)
    for (Offset v = 0; v < a.rows(); ++v) {
      double out = a.columns(v).empty() ? 0 : double(s.vectors(v, j));
      for (const NodeId u : a.columns(v)) out -= double(s.vectors(u, j)) / (root(u) * root(v));
      largest = std::max(largest, std::abs(out - s.values[std::size_t(j)] * double(s.vectors(v, j))));
    }
  return largest;
}

double orthogonality(const Matrix& v) {  // the largest entry of V^T V - I
  double largest = 0;
  for (Offset i = 0; i < v.cols(); ++i)
    for (Offset j = 0; j <= i; ++j) {
      double dot = 0;
      for (Offset r = 0; r < v.rows(); ++r) dot += double(v(r, i)) * double(v(r, j));
      largest = std::max(largest, std::abs(dot - (i == j)));
    }
  return largest;
}

}  // namespace

TEST_SUITE("graph") {
  TEST_CASE("PageRank: weights, nodes without edges, a restart of one's own") {
    const Graph g = build_graph(6, std::vector<Edge>{{0, 1}, {0, 2}, {1, 2}, {2, 0}, {3, 2}, {4, 4}, {4, 0}},
                                std::vector<Real>{2, 1, 1, 1, Real(0.5), 1, 3}, as_listed);
    const std::vector<double> expected{0.341813401488,  0.222820474436,  0.340128028838,
                                       0.0291262135922, 0.0369856680536, 0.0291262135922};  // by networkx
    const std::vector<double> found = pagerank(g, {.tolerance = 1e-15});
    for (std::size_t v = 0; v < 6; ++v) CHECK(found[v] == doctest::Approx(expected[v]).epsilon(1e-10));
    const std::vector<double> restart{1, 0, 0, 2, 0, 1},
        personal{0.296052631579, 0.138157894737, 0.293062200957, 0.181818181818, 0, 0.0909090909091};  // by networkx
    const std::vector<double> own = pagerank(g, {.damping = 0.7, .tolerance = 1e-15, .restart = restart});
    for (std::size_t v = 0; v < 6; ++v) CHECK(own[v] == doctest::Approx(personal[v]).epsilon(1e-10));
    CHECK(pagerank(Graph::without_edges(2)) == std::vector<double>{0.5, 0.5});
    CHECK(pagerank(Graph()).empty());
    CHECK(pagerank(g, {.damping = 0}) == std::vector<double>(6, 1.0 / 6));
    const Graph negative = build_graph(2, std::vector<Edge>{{0, 1}}, std::vector<Real>{-1});
    CHECK_THROWS_WITH_AS(pagerank(negative), doctest::Contains("must not be negative"), Error);
  }
  TEST_CASE("pushed PageRank lacks at most epsilon times the degree") {
    const Graph g = karate();
    const Sparse& walk = g.propagation({.norm = Norm::row, .loops = Loops::as_given});
    const Matrix exact = pagerank_diffusion(walk, 0.2);
    for (const double epsilon : {1e-2, 1e-4, 1e-6}) {
      const std::vector<NodeId> sources{0, 11, 33};
      const Sparse rows = personalised_pagerank(g, sources, {.alpha = 0.2, .epsilon = epsilon});
      const Matrix found = Features(rows).as_dense();
      for (Offset i = 0; i < 3; ++i)
        for (NodeId v = 0; v < 34; ++v) {
          const double lacks = double(exact(sources[std::size_t(i)], v)) - double(found(i, v));
          CHECK(lacks >= -1e-6);
          CHECK(lacks <= epsilon * double(g.adjacency().columns(v).size()) + 1e-6);
        }
    }
    const Sparse few = personalised_pagerank(g, std::vector<NodeId>{0}, {.most = 3});
    CHECK(few.nonzeros() == 3);
    CHECK(few.columns(0)[0] == 0);
    // A walk 0 -> 1 ends at 1, which has no edge.
    const Graph end = build_graph(2, std::vector<Edge>{{0, 1}}, {}, as_listed);
    const Sparse law = personalised_pagerank(end, std::vector<NodeId>{0}, {.alpha = 0.25});
    CHECK(law.values(0)[0] == doctest::Approx(0.25));
    CHECK(law.values(0)[1] == doctest::Approx(0.75));
  }
  TEST_CASE("series times rows are the dense kernels times rows") {
    const Graph g = karate();
    const Sparse& a = g.propagation();
    const Matrix x = random_matrix(34, 5, 1);
    const auto times = [&](const Matrix& kernel) {
      Matrix result = Matrix::zeros(34, 5);
      for (Offset i = 0; i < 34; ++i)
        for (Offset k = 0; k < 34; ++k)
          for (Offset j = 0; j < 5; ++j) result(i, j) += kernel(i, k) * x(k, j);
      return result;
    };
    CHECK(largest_difference(diffuse_pagerank(a, x, 0.15), times(pagerank_diffusion(a, 0.15))) < 1e-5);
    CHECK(largest_difference(diffuse_heat(a, x, 5), times(heat_diffusion(a, 5))) < 1e-5);
    CHECK(largest_difference(diffuse_heat(a, x, 0), x) == 0);
    CHECK(largest_difference(diffuse_pagerank(a, x, 1), x) == 0);
    CHECK(largest_difference(diffuse_heat(a, x, 100, 1e-12), times(heat_diffusion(a, 100))) < 1e-5);
    CHECK(heat_diffusion(Graph().propagation(), 1).empty());
  }
  TEST_CASE("spectrum of a torus by iterations: every eigenvalue as often as it is there") {
    const Graph g = torus(24, 30);  // 720 nodes: beyond the full decomposition
    std::vector<double> exact;
    for (int i = 0; i < 24; ++i)
      for (int j = 0; j < 30; ++j)
        exact.push_back(1 - (std::cos(2 * std::numbers::pi * i / 24) + std::cos(2 * std::numbers::pi * j / 30)) / 2);
    std::ranges::sort(exact);
    const Spectrum found = laplacian_spectrum(g, 16);
    for (std::size_t j = 0; j < 16; ++j) CHECK(std::abs(found.values[j] - exact[j]) < 1e-8);
    CHECK(residual(g, found) < 1e-6);
    CHECK(orthogonality(found.vectors) < 1e-6);
  }
  TEST_CASE("spectrum of parts: one vector of 0 a component, signs, isolated nodes, two-sided graphs") {
    const Graph g = build_graph(7, std::vector<Edge>{{0, 3}, {1, 2}, {2, 4}, {4, 1}});  // 5 and 6 alone
    const Spectrum s = laplacian_spectrum(g, 7);
    CHECK(residual(g, s) < 1e-6);
    CHECK(orthogonality(s.vectors) < 1e-6);
    const std::vector<double> expected{0, 0, 0, 0, 1.5, 1.5, 2};
    for (std::size_t j = 0; j < 7; ++j) CHECK(std::abs(s.values[j] - expected[j]) < 1e-12);
    CHECK(s.vectors(0, 0) == doctest::Approx(std::sqrt(0.5)));
    CHECK(s.vectors(3, 0) == doctest::Approx(std::sqrt(0.5)));
    CHECK(s.vectors(4, 1) == doctest::Approx(std::sqrt(1.0 / 3)));
    CHECK(s.vectors(5, 2) == 1);
    CHECK(s.vectors(6, 3) == 1);
    CHECK(s.vectors(0, 6) == doctest::Approx(std::sqrt(0.5)));  // the first of the largest is positive
    CHECK(s.vectors(3, 6) == doctest::Approx(-std::sqrt(0.5)));
    CHECK_THROWS_AS(laplacian_spectrum(g, 8), std::logic_error);
  }
  TEST_CASE("walk returns") {
    const Matrix found = walk_returns(karate(), 8);
    const std::vector<std::pair<NodeId, std::vector<double>>> expected{
        // by numpy: diagonals of dense powers
        {0, {0, 0.324652778, 0.101006944, 0.201399165, 0.125487687, 0.158465709, 0.127673954, 0.138379768}},
        {16, {0, 0.25, 0.0625, 0.106770833, 0.0616319444, 0.0645842376, 0.0496315586, 0.0461198556}},
        {33, {0, 0.339215686, 0.0738562092, 0.226493662, 0.104115039, 0.176129398, 0.115533161, 0.149929845}}};
    for (const auto& [v, values] : expected)
      for (Offset s = 0; s < 8; ++s) CHECK(std::abs(double(found(v, s)) - values[std::size_t(s)]) < 1e-7);
    // A loop of weight 1 at the end of an edge of weight 3; a node alone.
    const Graph g = build_graph(3, std::vector<Edge>{{0, 1}, {1, 1}}, std::vector<Real>{3, 1},
                                {.self_loops = BuildRules::SelfLoops::keep});
    const Matrix small = walk_returns(g, 3);
    CHECK(small(1, 0) == doctest::Approx(0.25));
    CHECK(small(0, 1) == doctest::Approx(0.75));
    CHECK(small(0, 2) == doctest::Approx(0.75 * 0.25));
    CHECK(small(2, 1) == 0);
  }
  TEST_CASE("nearest rows are those of all products, blocks or not, dense or sparse") {
    Matrix rows = random_matrix(300, 7, 5);
    for (Offset j = 0; j < 7; ++j) rows(9, j) = rows(4, j), rows(200, j) = rows(4, j), rows(17, j) = 0;
    const Features x(rows.clone()), unit = unit_rows(x);
    Matrix among_zeros = Matrix::zeros(300, 70);  // so few entries that the products are sparse ones
    for (NodeId i = 0; i < 300; ++i)
      for (Offset j = 0; j < 7; ++j) among_zeros(i, 10 * j) = unit.dense()(i, j);
    for (const Features& given :
         {unit, Features(unit.as_sparse()), Features(Features(std::move(among_zeros)).as_sparse())}) {
      const TopK found = nearest_rows(given, given, 5);
      for (NodeId i = 0; i < 300; ++i) {
        std::vector<std::pair<double, NodeId>> all;
        for (NodeId k = 0; k < 300; ++k) {
          double dot = 0;
          for (Offset j = 0; j < 7; ++j) dot += double(unit.dense()(i, j)) * double(unit.dense()(k, j));
          all.emplace_back(-dot, k);
        }
        std::ranges::sort(all);
        for (Offset j = 0; j < 5; ++j) CHECK(std::abs(double(found.values(i, j)) + all[std::size_t(j)].first) < 1e-5);
      }
      CHECK(std::vector<NodeId>(found.columns.begin() + 17 * 5, found.columns.begin() + 18 * 5) ==
            std::vector<NodeId>{0, 1, 2, 3, 4});  // a zero row: all alike
    }
    const Graph g = knn_graph(x, 4);
    CHECK(g.edges() == 300 * 4);
    CHECK(g.self_loops() == 0);
    CHECK(std::ranges::binary_search(g.adjacency().columns(4), 9));
    CHECK(std::ranges::binary_search(g.adjacency().columns(200), 4));
    CHECK(knn_graph(Features(Matrix(2, 1, {1, 1})), 9).edges() == 2);
    CHECK(knn_graph(Features(Matrix(1, 1, {1})), 9).edges() == 0);
    CHECK(knn_graph(Features(Matrix(0, 3)), 2).nodes() == 0);
  }
  TEST_CASE("nearest rows over several blocks of known rows") {
    Matrix known = random_matrix(20000, 3, 8), asked = known.clone();
    const TopK found = nearest_rows(Features(std::move(known)), Features(asked.clone()), 2);
    for (const NodeId i : {NodeId(0), NodeId(16383), NodeId(16384), NodeId(19999)}) {
      double best = -HUGE_VAL;
      NodeId at = -1;
      for (NodeId k = 0; k < 20000; ++k) {
        double dot = 0;
        for (Offset j = 0; j < 3; ++j) dot += double(asked(i, j)) * double(asked(k, j));
        if (dot > best) best = dot, at = k;
      }
      CHECK(found.columns[std::size_t(i) * 2] == at);
    }
  }
  TEST_CASE("spreading gives the same bits at any number of threads") {
    std::vector<Matrix> heat, returns, spectra;
    std::vector<std::vector<double>> ranks;
    std::vector<std::vector<NodeId>> near;
    const Graph g = torus(40, 50);
    const Matrix x = random_matrix(2000, 6, 2);
    for (const int threads : {1, 2}) {
      const Threads limit(threads);
      heat.push_back(diffuse_heat(g.propagation(), x, 3));
      returns.push_back(walk_returns(g, 6));
      spectra.push_back(laplacian_spectrum(g, 4).vectors.clone());
      ranks.push_back(pagerank(g));
      near.push_back(nearest_rows(Features(x.clone()), Features(x.clone()), 3).columns);
    }
    CHECK(std::ranges::equal(heat[0].values(), heat[1].values()));
    CHECK(std::ranges::equal(returns[0].values(), returns[1].values()));
    CHECK(std::ranges::equal(spectra[0].values(), spectra[1].values()));
    CHECK(ranks[0] == ranks[1]);
    CHECK(near[0] == near[1]);
  }
}
