#include <doctest/doctest.h>
#include <pfm/graph/build.h>
#include <pfm/kernels/parallel.h>
#include <pfm/kernels/random.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/reductions.h>
#include <pfm/selfsup/losses.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>

using namespace pfm;

namespace {

Matrix random(Offset rows, Offset cols, std::uint64_t seed, double size = 1) {
  Matrix m(rows, cols);
  for (Offset i = 0; i < m.size(); ++i) m.data()[i] = Real(size * Rng(seed).normal(std::uint64_t(i)));
  return m;
}

Matrix with_rows_swapped(const Matrix& a, Offset i, Offset j) {
  Matrix b = a.clone();
  std::swap_ranges(b.row(i).begin(), b.row(i).end(), b.row(j).begin());
  return b;
}

using Loss = std::function<Var(const std::vector<Var>&)>;

struct LossCase {
  const char* name;
  std::vector<std::pair<Offset, Offset>> shapes;
  Loss loss;
};

// Node 0 with an edge to every other and to itself.
Graph star(Offset nodes) {
  std::vector<Edge> edges;
  for (NodeId v = 0; v < nodes; ++v) edges.push_back({0, v});
  return build_graph(NodeId(nodes), edges, {}, {.self_loops = BuildRules::SelfLoops::keep});
}

// Two entries in every row, one of weight 2.
Sparse two_in_each(Offset rows, Offset cols) {
  std::vector<Offset> offsets{0};
  std::vector<NodeId> columns;
  std::vector<Real> values;
  for (Offset i = 0; i < rows; ++i) {
    columns.insert(columns.end(), {1, 3}), values.insert(values.end(), {Real(0.5), 2});
    offsets.push_back(Offset(columns.size()));
  }
  return {rows, cols, std::move(offsets), std::move(columns), std::move(values)};
}

// Rows 2 and 7 may meet all, others themselves.
Sparse all_or_one(Offset rows) {
  std::vector<Offset> offsets{0};
  std::vector<NodeId> columns;
  for (Offset i = 0; i < rows; ++i) {
    if (i == 2 || i == 7)
      for (Offset j = 0; j < rows; ++j) columns.push_back(NodeId(j));
    else
      columns.push_back(NodeId(i));
    offsets.push_back(Offset(columns.size()));
  }
  return {rows, rows, std::move(offsets), std::move(columns)};
}

const std::vector<Offset> three_samples{0, 3, 4, 9};

// Sizes are no multiples of anything.
const std::vector<LossCase>& cases() {
  static const std::vector<LossCase> all{
      {"dgi", {{9, 1}, {5, 1}}, [](auto& x) { return dgi_loss(x[0], x[1]); }},
      {"logistic", {{9, 1}, {5, 2}}, [](auto& x) { return logistic_loss(x[0], x[1], 3); }},
      {"bpr", {{9, 1}, {9, 1}}, [](auto& x) { return bpr_loss(x[0], x[1]); }},
      {"margin", {{9, 1}, {9, 1}}, [](auto& x) { return margin_loss(x[0], x[1], Real(0.7)); }},
      {"triplet", {{9, 5}, {9, 5}, {9, 5}}, [](auto& x) { return triplet_loss(x[0], x[1], x[2], Real(0.7)); }},
      {"sce", {{9, 5}, {9, 5}}, [](auto& x) { return sce_loss(x[0], x[1], 2); }},
      {"cosine", {{9, 5}, {9, 5}}, [](auto& x) { return cosine_loss(x[0], x[1]); }},
      {"jsd", {{9, 5}, {3, 5}}, [](auto& x) { return jsd_loss(x[0], x[1], three_samples); }},
      {"barlow_twins", {{9, 5}, {9, 5}}, [](auto& x) { return barlow_twins(x[0], x[1], Real(0.1)); }},
      {"vicreg", {{9, 5}, {9, 5}}, [](auto& x) { return vicreg(x[0], x[1]); }},
      {"info_nce", {{9, 5}, {9, 5}}, [](auto& x) { return info_nce(x[0], x[1], Real(0.5)); }},
      {"nt_xent", {{9, 5}, {9, 5}}, [](auto& x) { return nt_xent(x[0], x[1], Real(0.5)); }},
      {"across", {{9, 5}, {9, 5}}, [](auto& x) { return info_nce_across(x[0], x[1], Real(0.5)); }},
      {"graphcl", {{9, 5}, {9, 5}}, [](auto& x) { return info_nce_across(x[0], x[1], Real(0.5), Own::out); }},
      {"all_pairs", {{9, 5}}, [](auto& x) { return scale(all_pairs_softplus(x[0]), Real(0.01)); }},
      {"links", {{9, 5}}, [](auto& x) { return link_reconstruction(x[0], star(x[0].rows())); }},
      {"weighted_reconstruction",
       {{9, 5}},
       [](auto& x) {
         return scale(weighted_reconstruction(x[0], two_in_each(x[0].rows(), x[0].cols()), 3), Real(0.01));
       }},
      {"positives",
       {{9, 5}, {9, 5}},
       [](auto& x) { return info_nce_positives(x[0], x[1], all_or_one(x[0].rows()), Real(0.5)); }},
      {"queue", {{9, 5}, {9, 5}, {7, 5}}, [](auto& x) { return info_nce_queue(x[0], x[1], x[2], Real(0.5)); }},
  };
  return all;
}

std::vector<Var> inputs(const LossCase& c, double size = 1) {
  std::vector<Var> x;
  for (std::size_t i = 0; i < c.shapes.size(); ++i)
    x.emplace_back(random(c.shapes[i].first, c.shapes[i].second, 10 + i, size), true);
  return x;
}

}  // namespace

TEST_SUITE("losses") {
  TEST_CASE("gradients agree with central differences") {
    if (sizeof(Real) == 4) return;  // the double build checks; here parity does
    for (const LossCase& c : cases()) {
      CAPTURE(c.name);
      std::vector<Var> x = inputs(c);
      backward(c.loss(x));
      const double step = 1e-6;
      for (std::size_t k = 0; k < x.size(); ++k) {
        REQUIRE(x[k].grad().same_shape(x[k].value()));
        for (Offset i = 0; i < x[k].value().size(); ++i) {
          Real& entry = x[k].value().data()[i];
          const Real kept = entry;
          entry = Real(kept + step);
          const double above = double(c.loss(x).scalar());
          entry = Real(kept - step);
          const double below = double(c.loss(x).scalar());
          entry = kept;
          CHECK(double(x[k].grad().data()[i]) == doctest::Approx((above - below) / (2 * step)).epsilon(1e-6));
        }
      }
    }
  }
  TEST_CASE("a zero row counts as 1e-12 long: its gradient leads towards the other row") {
    const Var x(Matrix::zeros(1, 2), true), y(Matrix(1, 2, {3, 4}));
    const Var loss = sce_loss(x, y, 3);
    CHECK(double(loss.scalar()) == doctest::Approx(1));
    backward(loss);
    CHECK(double(x.grad()(0, 0)) == doctest::Approx(-3 * 0.6e12));
    CHECK(double(x.grad()(0, 1)) == doctest::Approx(-3 * 0.8e12));
  }
  TEST_CASE("finite, gradients too, for huge entries and zero rows") {
    for (const LossCase& c : cases())
      for (const double size : {0.0, 1e-30, 100.0}) {
        CAPTURE(c.name);
        CAPTURE(size);
        std::vector<Var> x = inputs(c, size);
        const Var loss = c.loss(x);
        CHECK(std::isfinite(loss.scalar()));
        backward(loss);
        for (const Var& v : x)
          for (const Real g : v.grad().values()) CHECK(std::isfinite(g));
      }
  }
  TEST_CASE("same bits at any number of threads") {
    for (const LossCase& c : cases()) {
      CAPTURE(c.name);
      LossCase large = c;
      for (auto& [rows, cols] : large.shapes)
        if (std::string(c.name) != "jsd") rows *= 150;  // several tiles
      std::vector<Matrix> first;
      for (const int threads : {1, 2}) {
        const Threads limit(threads);
        std::vector<Var> x = inputs(large);
        const Var loss = large.loss(x);
        std::vector<Matrix> found;
        found.push_back(loss.value().clone());
        backward(loss);
        for (const Var& v : x) found.push_back(v.grad().clone());
        if (first.empty())
          first = std::move(found);
        else
          for (std::size_t i = 0; i < found.size(); ++i)
            CHECK(std::memcmp(first[i].data(), found[i].data(), std::size_t(found[i].size()) * sizeof(Real)) == 0);
      }
    }
  }
  TEST_CASE("dgi: the mean over all scores, also where e^s overflows") {
    const Var positive(Matrix(3, 1, {0, 100, -100}), true), negative(Matrix(2, 1, {100, -100}), true);
    const Var loss = dgi_loss(positive, negative);
    CHECK(double(loss.scalar()) == doctest::Approx((std::log(2) + 100 + 100) / 5));
    backward(loss);
    CHECK(double(positive.grad()(0, 0)) == doctest::Approx(-0.1));
    CHECK(double(positive.grad()(1, 0)) == doctest::Approx(0));
    CHECK(double(positive.grad()(2, 0)) == doctest::Approx(-0.2));
    CHECK(double(negative.grad()(0, 0)) == doctest::Approx(0.2));
    CHECK(double(negative.grad()(1, 0)) == doctest::Approx(0));
  }
  TEST_CASE("the order of samples does not matter") {
    for (const LossCase& c : cases()) {
      const std::string name = c.name;
      if (name == "jsd") continue;
      CAPTURE(name);
      std::vector<Var> x = inputs(c), y;
      for (const Var& v : x) y.emplace_back(v.rows() >= 9 ? with_rows_swapped(v.value(), 2, 7) : v.value().clone());
      CHECK(double(c.loss(x).scalar()) == doctest::Approx(double(c.loss(y).scalar())));
    }
  }
  TEST_CASE("cosines do not see the length of rows") {
    for (const LossCase& c : cases()) {
      const std::string name = c.name;
      if (name != "sce" && name != "cosine" && name != "info_nce" && name != "nt_xent" && name != "across" &&
          name != "positives")
        continue;
      CAPTURE(name);
      std::vector<Var> x = inputs(c), y;
      for (const Var& v : x) y.push_back(scale(v, 3));
      CHECK(double(c.loss(x).scalar()) == doctest::Approx(double(c.loss(y).scalar())));
    }
  }
  TEST_CASE("equal rows: what each loss is then") {
    const Var x(random(9, 5, 3), true), other(random(9, 5, 4), true);
    CHECK(double(cosine_loss(x, x).scalar()) == doctest::Approx(0).epsilon(1e-6));
    CHECK(double(sce_loss(x, scale(x, -1), 3).scalar()) == doctest::Approx(8));
    CHECK(double(triplet_loss(x, x, other, 0).scalar()) == doctest::Approx(0));
    const Var same(Matrix::filled(9, 5, 2), true);  // every candidate is as good: log of their number
    CHECK(double(info_nce(same, same, 1).scalar()) == doctest::Approx(std::log(17)));
    CHECK(double(info_nce_across(same, same, 1).scalar()) == doctest::Approx(std::log(9)));
    CHECK(double(info_nce_across(same, same, 1, Own::out).scalar()) == doctest::Approx(std::log(8)));
    CHECK(double(info_nce_queue(same, same, same, 1).scalar()) == doctest::Approx(std::log(10)));
    CHECK(double(info_nce_positives(same, same, all_or_one(9), 1).scalar()) == doctest::Approx(7 * std::log(9) / 9));
    const Matrix halves(4, 2, {1, 1, 1, -1, -1, 1, -1, -1});  // uncorrelated columns
    CHECK(double(barlow_twins(Var(halves.clone()), Var(halves.clone()), 1).scalar()) ==
          doctest::Approx(0).epsilon(1e-4));
  }
  TEST_CASE("NT-Xent is the mean of both directions, over several tiles") {
    const Var u(random(700, 20, 5), true), v(random(700, 20, 6), true);
    const Var u2(u.value().clone(), true), v2(v.value().clone(), true);
    const Var whole = nt_xent(u, v, Real(0.4));
    const Var halves = scale(add(info_nce(u2, v2, Real(0.4)), info_nce(v2, u2, Real(0.4))), Real(0.5));
    CHECK(double(whole.scalar()) == doctest::Approx(double(halves.scalar())).epsilon(1e-5));
    backward(whole), backward(halves);
    double gap = 0, largest = 0;
    for (Offset i = 0; i < u.value().size(); ++i) {
      gap = std::max(gap, std::abs(double(u.grad().data()[i]) - double(u2.grad().data()[i])));
      largest = std::max(largest, std::abs(double(u.grad().data()[i])));
    }
    CHECK(gap < 1e-4 * largest);
  }
  TEST_CASE("one row has only its partner") {
    const Var u(random(1, 5, 5), true), v(random(1, 5, 6), true);
    const Var loss = info_nce(u, v, Real(0.5));
    CHECK(double(loss.scalar()) == doctest::Approx(0).epsilon(1e-5));
    backward(loss);
    for (const Real g : u.grad().values()) CHECK(std::abs(g) < 1e-5);
  }
  TEST_CASE("links: the cross-entropy over all pairs, by its definition") {
    const Var z(random(700, 6, 8), true);  // several tiles
    const Graph graph = star(700);
    const double all = 700.0 * 700, edges = double(graph.edges() - graph.self_loops());
    double sum = 0;
    for (Offset i = 0; i < 700; ++i)
      for (Offset j = 0; j < 700; ++j) {
        double s = 0;
        for (Offset k = 0; k < 6; ++k) s += double(z.value()(i, k)) * double(z.value()(j, k));
        const bool one = i == j || i == 0 || j == 0;
        sum += one ? (all - edges) / edges * std::log1p(std::exp(-s)) : std::log1p(std::exp(s));
      }
    CHECK(double(link_reconstruction(z, graph).scalar()) == doctest::Approx(sum / (2 * (all - edges))).epsilon(1e-5));
  }
  TEST_CASE("weighted reconstruction, by its definition, weights and rows without entries among them") {
    const Var guess(Matrix(2, 3, {1, -2, 3, 0.5, 4, -1}), true);
    const Sparse weighted(2, 3, {0, 0, 2}, {0, 2}, {2, 1}), bare = weighted.without_values();
    const double first = 1 + 4 + 9, second = 16 + 9 * (1.5 * 1.5 + 2 * 2);
    CHECK(double(weighted_reconstruction(guess, weighted, 3).scalar()) == doctest::Approx(first + second));
    CHECK(double(weighted_reconstruction(guess, bare, 3).scalar()) ==
          doctest::Approx(first + 16 + 9 * (0.5 * 0.5 + 2 * 2)));
  }
}
