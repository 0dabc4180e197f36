#include <doctest/doctest.h>
#include <pfm/graph/build.h>
#include <pfm/graph/components.h>
#include <pfm/graph/link_split.h>
#include <pfm/graph/neighbour_overlap.h>
#include <pfm/io/builtin.h>
#include <pfm/kernels/parallel.h>
#include <pfm/selfsup/hadamard.h>
#include <pfm/selfsup/metrics.h>
#include <pfm/selfsup/protocol.h>
#include <pfm/tests/chi_square.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <set>

using namespace pfm;

namespace {

Dataset of_edges(NodeId nodes, const std::vector<Edge>& edges) {
  Dataset data;
  data.name = "edges";
  data.all.graph = build_graph(nodes, edges);
  data.all.x = Features::identity(nodes);
  return data;
}

// Every node of [0, 8) with every node of [8, 16), and 6 nodes alone.
Dataset two_sides() {
  std::vector<Edge> edges;
  for (NodeId u = 0; u < 8; ++u)
    for (NodeId v = 8; v < 16; ++v) edges.push_back({u, v});
  return of_edges(22, edges);
}

// 1 on one side, -1 on the other, 0 alone: the product is -1 for edges alone. `columns` - 1 more tell nothing.
Matrix sides(Offset columns) {
  Matrix rows = Matrix::zeros(22, columns);
  for (NodeId v = 0; v < 16; ++v) rows(v, columns - 1) = v < 8 ? 1 : -1;
  return rows;
}

// The karate club, five nodes all joined, a node alone.
Dataset three_components() {
  std::vector<Edge> edges = io::builtin("karate").all.graph.pairs();
  for (NodeId u = 34; u < 39; ++u)
    for (NodeId v = u + 1; v < 39; ++v) edges.push_back({u, v});
  return of_edges(40, edges);
}

double value(const Scores& scores, const std::string& metric) {
  for (const auto& [name, found] : scores)
    if (name == metric) return found;
  FAIL("no metric ", metric);
  return 0;
}

Outcome control(const char* name, const Dataset& view) {
  return std::ranges::find(controls(), name, &Control::name)->make(view, Rng(0));
}

bool stored(const Graph& graph, Edge e) {
  return std::ranges::binary_search(graph.adjacency().columns(e.source), e.target) ||
         std::ranges::binary_search(graph.adjacency().columns(e.target), e.source);
}

}  // namespace

TEST_SUITE("link") {
  TEST_CASE("half of the edges go, or a tenth and a twentieth, and the components stay") {
    const Dataset data = three_components();
    const std::vector<Edge> all = data.all.graph.pairs();
    CHECK(all.size() == 88);
    const auto check = [&](const HeldOut& held, std::size_t test, std::size_t validation) {
      CHECK((held.test.size() == test && held.test_non_edges.size() == test));
      CHECK((held.validation.size() == validation && held.validation_non_edges.size() == validation));
      const Graph left = without_held_out(data.all.graph, held);
      CHECK(left.pair_count() == Offset(88 - test - validation));
      CHECK(components(left).of == components(data.all.graph).of);
      for (const auto* part : {&held.test, &held.validation})
        for (const Edge e : *part) CHECK((std::ranges::binary_search(all, e) && !stored(left, e)));
    };
    bool cut = false;  // as edges drawn freely do
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      check(hold_out_half(data, Rng(seed)), 44, 0);
      check(hold_out_connected(data, Rng(seed)), 8, 4);
      cut |= components(without_held_out(data.all.graph, hold_out_edges(data, Rng(seed)))).count > 3;
    }
    CHECK(cut);
  }
  TEST_CASE("no pair is in two parts") {
    const Dataset data = three_components();
    for (const auto hold_out : {hold_out_edges, hold_out_connected, hold_out_half}) {
      const HeldOut held = hold_out(data, Rng(2));
      const LabelledPairs known = training_pairs(data, held, Rng(2));
      CHECK(known.edges.size() == 88 - held.test.size() - held.validation.size());
      CHECK(known.non_edges.size() == known.edges.size());
      std::set<Edge> edges, others;
      for (const auto* part : {&held.test, &held.validation, &known.edges})
        for (const Edge e : *part) CHECK((stored(data.all.graph, e) && edges.insert(e).second));
      for (const auto* part : {&held.test_non_edges, &held.validation_non_edges, &known.non_edges})
        for (const Edge e : *part) CHECK((!stored(data.all.graph, e) && others.insert(e).second));
      CHECK(edges.size() == 88);
    }
  }
  TEST_CASE("which half goes: one after another, each time any edge that is no bridge") {
    // Five nodes, all joined but 3 and 4; a sixth alone gives pairs without an edge. Sets of edges as bits.
    const std::vector<Edge> edges{{0, 1}, {0, 2}, {0, 3}, {0, 4}, {1, 2}, {1, 3}, {1, 4}, {2, 3}, {2, 4}};
    const Dataset data = of_edges(6, edges);
    const auto whole = [&](unsigned gone) {
      std::vector<Edge> left;
      for (unsigned i = 0; i < 9; ++i)
        if (!(gone >> i & 1)) left.push_back(edges[i]);
      return components(build_graph(6, left)).count == 2;
    };
    std::vector<double> chance(512, 0), found(512, 0), expected(512, 0);
    chance[0] = 1;
    for (unsigned gone = 0; gone < 512; ++gone) {
      if (std::popcount(gone) == 4) expected[gone] = 30000 * chance[gone];
      std::vector<unsigned> next;
      for (unsigned i = 0; i < 9; ++i)
        if (const unsigned more = gone | 1u << i; more != gone && whole(more)) next.push_back(more);
      for (const unsigned more : next) chance[more] += chance[gone] / double(next.size());
    }
    for (std::uint64_t seed = 0; seed < 30000; ++seed) {
      unsigned gone = 0;
      for (const Edge e : hold_out_half(data, Rng(seed)).test)
        gone |= 1u << (std::ranges::find(edges, e) - edges.begin());
      found[gone] += 1;
    }
    ChiSquare law;
    law.add(found, expected);
    CHECK(law.p_value() > 1e-4);
  }
  TEST_CASE("a tree has no half to give, a dense graph no pairs to learn from") {
    const Dataset path = of_edges(9, {{0, 1}, {1, 2}, {2, 3}, {3, 4}, {4, 5}, {5, 6}, {6, 7}, {7, 8}});
    CHECK_THROWS_WITH_AS(hold_out_half(path, Rng(0)), doctest::Contains("hides 4 of the 8 edges, but only 0 can go"),
                         Error);
    std::vector<Edge> edges;
    for (NodeId u = 0; u < 12; ++u)
      for (NodeId v = u + 1; v < 12; ++v)
        if (v - u < 7) edges.push_back({u, v});
    const Dataset dense = of_edges(12, edges);  // 51 edges, 15 other pairs
    CHECK(protocol("link-85-5-10").score(control("a1", dense), dense, Rng(0))[0].first == "auc");
    CHECK_THROWS_WITH_AS(protocol("link-85-5-10@hadamard").score(control("a1", dense), dense, Rng(0)),
                         doctest::Contains("needs 44 more pairs of nodes without an edge, the graph has 8"), Error);
  }
  TEST_CASE("neighbours of pairs: by hand") {
    // 0 and 1 share 2 (degree 3) and 3 (degree 2); 5 is alone.
    const Graph graph = build_graph(6, std::vector<Edge>{{0, 2}, {0, 3}, {1, 2}, {1, 3}, {2, 4}});
    const std::vector<Edge> pairs{{0, 1}, {1, 0}, {0, 4}, {0, 2}, {4, 5}};
    const auto check = [&](const Matrix& found, const std::vector<double>& wanted) {
      for (std::size_t i = 0; i < wanted.size(); ++i) CHECK(double(found(Offset(i), 0)) == doctest::Approx(wanted[i]));
    };
    check(common_neighbours(graph, pairs), {2, 2, 1, 0, 0});
    check(jaccard(graph, pairs), {1, 1, 0.5, 0, 0});
    check(adamic_adar(graph, pairs),
          {1 / std::log(3.0) + 1 / std::log(2.0), 1 / std::log(3.0) + 1 / std::log(2.0), 1 / std::log(3.0), 0, 0});
    check(preferential_attachment(graph, pairs), {4, 4, 2, 6, 0});
    CHECK(jaccard(Graph::without_edges(2), std::vector<Edge>{{0, 1}})(0, 0) == 0);
  }
  TEST_CASE("the view has no held-out pair, and controls score by the view alone") {
    Dataset data = three_components();
    data.targets.classes.assign(40, 1);
    for (const Protocol& p : protocols()) {
      if (p.task != Task::link) continue;
      CAPTURE(p.id);
      const HeldOut held = p.held_out(data, Rng(3));
      const Dataset view = p.view(data, Rng(3));
      CHECK(view.all.graph.undirected());
      CHECK(view.all.graph.edges() == 2 * Offset(88 - held.test.size() - held.validation.size()));
      for (const auto* part : {&held.test, &held.validation})
        for (const Edge e : *part) CHECK(!stored(view.all.graph, e));
      CHECK(std::ranges::count(view.targets.classes, -1) == 40);
      const Outcome shared = control("common-neighbours", view);
      const auto of = [&](std::span<const Edge> pairs) {
        const Matrix found = common_neighbours(view.all.graph, pairs);
        return std::vector<double>(found.values().begin(), found.values().end());
      };
      CHECK(value(p.score(shared, data, Rng(3)), "auc") ==
            doctest::Approx(100 * auc(of(held.test), of(held.test_non_edges))));
    }
  }
  TEST_CASE("scorers: the product of columns is weighed, dot and cosine add it") {
    const Dataset data = two_sides();
    const auto found = [&](const char* id, const Matrix& rows) {
      return value(protocol(id).score({rows.clone()}, data, Rng(1)), "auc");
    };
    CHECK(found("link-85-5-10", sides(2)) == 0);
    CHECK(found("link-85-5-10@dot", sides(2)) == 0);
    CHECK(found("link-85-5-10@cosine", sides(2)) == 0);
    CHECK(found("link-85-5-10@hadamard", sides(2)) == 100);
    CHECK(found("link-50", sides(2)) == 100);
    CHECK(found("link-50", sides(600)) == 100);  // by principal coordinates
    CHECK(found("link-50", Matrix::zeros(22, 3)) == 50);
    CHECK(value(protocol("link-50").score({data.all.x}, data, Rng(1)), "auc") == 50);
    Matrix longer = sides(2);
    longer(0, 1) = 3, longer(8, 1) = -3;  // the dot product alone sees it
    CHECK(value(protocol("link-85-5-10@cosine").score({longer.clone()}, data, Rng(1)), "ap") ==
          value(protocol("link-85-5-10@cosine").score({sides(2)}, data, Rng(1)), "ap"));
  }
  TEST_CASE("hadamard: another scale of all rows changes nothing") {
    const Dataset data = three_components();
    const HeldOut held = hold_out_half(data, Rng(4));
    const LabelledPairs known = training_pairs(data, held, Rng(4));
    Matrix rows(40, 5), times_8(40, 5);
    for (Offset i = 0; i < rows.size(); ++i)
      rows.data()[i] = Real(Rng(9).normal(std::uint64_t(i))), times_8.data()[i] = 8 * rows.data()[i];
    const Matrix one = hadamard_scores(std::move(rows), known, held.test, Rng(0)),
                 other = hadamard_scores(std::move(times_8), known, held.test, Rng(0));
    for (Offset i = 0; i < one.rows(); ++i)
      CHECK(double(one(i, 0)) == doctest::Approx(double(other(i, 0))).epsilon(1e-4));
  }
  TEST_CASE("a method's own scores count where the protocol names no scorer") {
    const Dataset data = two_sides();
    const Outcome knows{sides(2), [](std::span<const Edge> pairs) {
                          Matrix m(Offset(pairs.size()), 1);
                          for (Offset i = 0; i < m.rows(); ++i)
                            m(i, 0) = Real(pairs[std::size_t(i)].source < 8 && pairs[std::size_t(i)].target >= 8 &&
                                           pairs[std::size_t(i)].target < 16);
                          return m;
                        }};
    for (const auto& [metric, found] : protocol("link-85-5-10").score(knows, data, Rng(1))) CHECK(found == 100);
    CHECK(value(protocol("link-85-5-10@dot").score(knows, data, Rng(1)), "auc") == 0);
    const Outcome alone{Features(), knows.pair_scores};
    CHECK(value(protocol("link-85-5-10@dot").score(alone, data, Rng(1)), "auc") == 100);
  }
  TEST_CASE("same bits at any number of threads") {
    const Dataset data = three_components();
    for (const char* id : {"link-85-5-10@hadamard", "link-50"})
      for (const char* name :
           {"common-neighbours", "jaccard", "adamic-adar", "preferential-attachment", "a1", "spectral"}) {
        CAPTURE(name);
        std::vector<Scores> found;
        std::vector<std::vector<Edge>> parts;
        for (const int threads : {1, 2}) {
          const Threads limit(threads);
          const Dataset view = protocol(id).view(data, Rng(5));
          parts.push_back(view.all.graph.pairs());
          found.push_back(protocol(id).score(control(name, view), data, Rng(5)));
        }
        CHECK(found[0] == found[1]);
        CHECK(parts[0] == parts[1]);
      }
  }
}
