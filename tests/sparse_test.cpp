#include <doctest/doctest.h>
#include <pfm/graph/features.h>
#include <pfm/kernels/csr_faults.h>
#include <pfm/kernels/gemm.h>
#include <pfm/kernels/random.h>
#include <pfm/kernels/sparse.h>
#include <pfm/tests/matrices.h>

#include <algorithm>
#include <cmath>

using namespace pfm;

namespace {

// About `share` of [n, m] is stored.
Sparse random_sparse(Offset n, Offset m, double share, bool weighted, Rng rng) {
  std::vector<Offset> offsets{0};
  std::vector<NodeId> columns;
  std::vector<Real> values;
  for (Offset i = 0; i < n; ++i) {
    for (Offset j = 0; j < m; ++j)
      if (const std::uint64_t draw = std::uint64_t(i * m + j); rng.uniform(draw) < share) {
        columns.push_back(NodeId(j));
        if (weighted) values.push_back(Real(rng.split(1).normal(draw)));
      }
    offsets.push_back(Offset(columns.size()));
  }
  return {n, m, offsets, columns, values};
}

Matrix dense(const Sparse& a) {
  Matrix d = Matrix::zeros(a.rows(), a.cols());
  for (Offset i = 0; i < a.rows(); ++i)
    for (std::size_t e = 0; e < a.columns(i).size(); ++e)
      d(i, a.columns(i)[e]) += a.weighted() ? a.values(i)[e] : Real(1);
  return d;
}

}  // namespace

TEST_SUITE("kernels") {
  TEST_CASE("Sparse: transpose, its order, and back") {
    for (bool weighted : {false, true}) {
      const Sparse a = random_sparse(37, 21, 0.2, weighted, Rng(1)), t = a.transpose();
      const Matrix whole = dense(a), turned = dense(t);
      CHECK(t.rows() == 21);
      for (Offset i = 0; i < 37; ++i)
        for (Offset j = 0; j < 21; ++j) CHECK(whole(i, j) == turned(j, i));
      for (Offset row = 0; row < t.rows(); ++row) CHECK(std::ranges::is_sorted(t.columns(row)));
      CHECK(largest_difference(dense(t.transpose()), whole) == 0);
      const auto order = a.transpose_order();
      REQUIRE(Offset(order.size()) == a.nonzeros());
      for (Offset row = 0; row < t.rows(); ++row)
        for (Offset e = t.view().offsets[row]; e < t.view().offsets[row + 1]; ++e) {
          CHECK(a.view().columns[order[e]] == row);
          if (weighted) CHECK(a.view().values[order[e]] == t.view().values[e]);
        }
    }
  }
  TEST_CASE("Sparse: a symmetric matrix is its own transpose, decided by structure and values") {
    const Sparse path(3, 3, {0, 1, 3, 4}, {1, 0, 2, 1});
    CHECK(path.symmetric());
    CHECK(path.transpose().view().columns.data() == path.view().columns.data());
    CHECK(path.with_values({2, 2, 5, 5}).symmetric());
    CHECK_FALSE(path.with_values({2, 3, 5, 5}).symmetric());
    CHECK_FALSE(Sparse(2, 2, {0, 1, 1}, {1}).symmetric());
    CHECK_FALSE(Sparse(2, 3, {0, 0, 0}, {}).symmetric());
    CHECK(Sparse().symmetric());
    CHECK(path.with_values({2, 3, 5, 5}).without_values().symmetric());
  }
  TEST_CASE("Sparse: arrays that do not fit are refused") {
    CHECK_THROWS_AS(Sparse(2, 2, {0, 1}, {1}), std::logic_error);
    CHECK_THROWS_AS(Sparse(2, 2, {0, 1, 1}, {2}), std::logic_error);
    CHECK_THROWS_AS(Sparse(2, 2, {0, 1, 1}, {-1}), std::logic_error);
    CHECK_THROWS_AS(Sparse(2, 2, {0, 2, 1}, {1}), std::logic_error);
    CHECK_THROWS_AS(Sparse(2, 2, {0, 1, 1}, {1}, {1, 2}), std::logic_error);
  }
  TEST_CASE("multiply: sparse times sparse is the dense product, its columns sorted") {
    for (bool left : {false, true})
      for (bool right : {false, true})
        for (double filled : {0.01, 0.2}) {  // rows of a few columns, and of many
          const Sparse a = random_sparse(600, 30, 0.15, left, Rng(2)), b = random_sparse(30, 44, filled, right, Rng(3));
          const Sparse c = multiply(a, b);
          CHECK(largest_difference(dense(c), multiply(dense(a), dense(b))) <= 1e-5);
          for (Offset row = 0; row < c.rows(); ++row) CHECK(std::ranges::is_sorted(c.columns(row)));
        }
    CHECK(multiply(Sparse(2, 3, {0, 0, 0}, {}), Sparse(3, 4, {0, 1, 1, 1}, {2})).nonzeros() == 0);
  }

  TEST_CASE("multiply: features past half full become dense, of the same values") {
    for (double filled : {0.02, 0.3}) {
      const Sparse a = random_sparse(50, 30, 0.2, true, Rng(4)), x = random_sparse(30, 20, filled, true, Rng(5));
      const Features product = multiply(a, Features(x));
      CHECK(product.is_dense() == (filled == 0.3));
      CHECK(largest_difference(product.as_dense(), multiply(dense(a), dense(x))) <= 1e-5);
    }
  }

  TEST_CASE("faults of compressed rows are found at their first place, in any block") {
    // Rows of 0 to 6 entries, over several blocks of entries; every third column is used.
    constexpr Offset rows = 300'000, cols = 1000;
    std::vector<Offset> offsets{0};
    std::vector<NodeId> columns;
    for (Offset row = 0; row < rows; ++row) {
      for (NodeId c = 0; c < NodeId(row * 5 % 7); ++c) columns.push_back(3 * c + NodeId(row % 2));
      offsets.push_back(Offset(columns.size()));
    }
    auto faults = [&] { return csr_faults({rows, cols, offsets, columns, {}}); };
    CHECK(columns.size() > 3u << 18);
    CHECK((faults().offset == -1 && faults().column == -1 && faults().order == -1));
    const auto entries = Offset(columns.size());
    for (Offset at : {Offset{0}, (Offset{1} << 18) - 1, Offset{1} << 18, (Offset{1} << 18) + 1, entries - 1}) {
      const NodeId before = columns[at];
      for (NodeId wrong : {NodeId(cols), NodeId(-1)}) {
        columns[at] = wrong;
        CHECK(faults().column == at);
        columns[at] = before;
      }
    }
    // Where an entry equals the one before it in its row, and nowhere else.
    int tried = 0;
    for (Offset block = 0; block < 3; ++block)
      for (Offset row = rows * block / 3 + 1; row < rows * block / 3 + 7; ++row)
        for (Offset e = offsets[row] + 1; e < offsets[row + 1]; ++e, ++tried) {
          const NodeId before = columns[e];
          columns[e] = columns[e - 1];
          CHECK(faults().order == e);
          columns[e] = before;
        }
    CHECK(tried > 20);
    std::vector<Offset> straddling;  // rows with entries on both sides of a block's edge
    for (Offset row = 0; row < rows; ++row)
      if (offsets[row] >> 18 != (offsets[row + 1] - 1) >> 18 && offsets[row] < offsets[row + 1])
        straddling.push_back(offsets[row + 1] >> 18 << 18);
    CHECK(straddling.size() >= 2);
    for (Offset e : straddling) {
      const NodeId before = columns[e];
      columns[e] = columns[e - 1];
      CHECK(faults().order == e);
      columns[e] = before;
    }
    offsets[299'000] += 100;
    CHECK(faults().offset == 299'001);
    offsets[5] = offsets[4] - 1;
    CHECK(faults().offset == 5);
    offsets[0] = 1;
    CHECK(faults().offset == 0);
    CHECK(csr_faults({1, 3, std::vector<Offset>{0, 1}, std::vector<NodeId>{0, 1}, {}}).offset == 1);
    CHECK(csr_faults({2, 3, std::vector<Offset>{0, 1, 2}, std::vector<NodeId>{2, 1}, {}}).order == -1);
    CHECK(csr_faults({0, 0, std::vector<Offset>{0}, {}, {}}).offset == -1);
  }

  TEST_CASE("the first value that is not finite") {
    std::vector<Real> values(700'000, Real(-3e38));
    CHECK(first_not_finite(values) == -1);
    for (Real wrong : {std::numeric_limits<Real>::quiet_NaN(), -std::numeric_limits<Real>::infinity()})
      for (std::size_t at : {699'999, 300'000, 0}) {
        values[at] = wrong;
        CHECK(first_not_finite(values) == Offset(at));
        values[at] = 0;
      }
    CHECK(first_not_finite({}) == -1);
  }
}
