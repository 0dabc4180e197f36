#include <doctest/doctest.h>
#include <pfm/kernels/parallel.h>
#include <pfm/kernels/random.h>
#include <pfm/kernels/spmm.h>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace pfm;

namespace {

// Rows of 0 to 2 * degree entries (every fifth is empty), a column may repeat.
struct Random {
  std::vector<Offset> offsets{0};
  std::vector<NodeId> columns;
  std::vector<Real> weights;
  Offset rows, cols;
  Random(Offset n, Offset m, Offset degree, Rng rng) : rows(n), cols(m) {
    for (Offset i = 0; i < n; ++i) {
      const Offset entries = i % 5 == 3 ? 0 : Offset(rng.below(std::uint64_t(i), std::uint64_t(2 * degree + 1)));
      for (Offset e = 0; e < entries; ++e) {
        const std::uint64_t draw = std::uint64_t(n + Offset(columns.size()));
        columns.push_back(NodeId(rng.below(draw, std::uint64_t(m))));
        weights.push_back(Real(rng.split(1).normal(draw)));
      }
      offsets.push_back(Offset(columns.size()));
    }
  }
  CsrView view(bool weighted) const {
    return {rows, cols, offsets, columns, weighted ? std::span<const Real>(weights) : std::span<const Real>()};
  }
};

Matrix normal(Offset rows, Offset cols, Rng rng) {
  Matrix m(rows, cols);
  for (Offset i = 0; i < m.size(); ++i) m.data()[i] = Real(rng.normal(std::uint64_t(i)));
  return m;
}

// One number of the result in double precision; `arg` is the entry of the maximum.
double expected(const CsrView& a, const Matrix& x, Offset row, Offset k, Reduce reduce, Offset& arg) {
  double sum = 0, best = 0;
  arg = -1;
  const Offset begin = a.offsets[row], end = a.offsets[row + 1];
  for (Offset e = begin; e < end; ++e) {
    const Real term = (a.values.empty() ? Real(1) : a.values[e]) * x(a.columns[e], k);
    sum += term;
    if (arg < 0 || term > best) best = term, arg = e;
  }
  if (reduce == Reduce::mean && end > begin) return sum / double(end - begin);
  return reduce == Reduce::max ? best : sum;
}

double difference(const CsrView& a, const Matrix& x, Reduce reduce) {
  Matrix out = Matrix::filled(a.rows, x.cols(), Real(NAN));
  std::vector<Offset> arg(reduce == Reduce::max ? out.size() : 0);
  spmm(a, x, out, reduce, arg);
  double worst = 0;
  for (Offset i = 0; i < out.rows(); ++i)
    for (Offset k = 0; k < out.cols(); ++k) {
      Offset entry = 0;
      const double gap = std::abs(out(i, k) - expected(a, x, i, k, reduce, entry));
      worst = gap <= worst ? worst : gap;  // NaN stays
      if (!arg.empty() && arg[i * out.cols() + k] != entry) worst = INFINITY;
    }
  return worst;
}

}  // namespace

TEST_SUITE("kernels") {
  TEST_CASE("spmm: sum, mean and max of any width are those of plain loops") {
    const Random a(203, 97, 6, Rng(1));
    for (Offset d : {1, 2, 3, 4, 5, 7, 8, 12, 15, 16, 17, 31, 33, 64, 100, 128, 257, 512, 530}) {
      const Matrix x = normal(a.cols, d, Rng(2));
      for (bool weighted : {false, true})
        for (Reduce reduce : {Reduce::sum, Reduce::mean, Reduce::max}) {
          CAPTURE(d);
          CAPTURE(weighted);
          CAPTURE(int(reduce));
          CHECK(difference(a.view(weighted), x, reduce) <= 2e-5);
        }
    }
  }
  TEST_CASE("spmm: a dense operand beyond the caches gives the same") {
    const Random a(40, 20000, 9, Rng(3));
    for (Offset d : {3, 16, 61}) {
      const Matrix x = normal(a.cols, d, Rng(4));
      for (bool weighted : {false, true}) CHECK(difference(a.view(weighted), x, Reduce::sum) <= 2e-5);
    }
  }
  TEST_CASE("spmm: no rows, no columns, no entries, one row with everything") {
    Matrix none(0, 5), five = normal(4, 5, Rng(1)), wide(3, 0);
    const std::vector<Offset> start{0}, empty{0, 0, 0, 0};
    spmm(CsrView{0, 4, start, {}, {}}, five, none);
    spmm(CsrView{3, 4, empty, {}, {}}, Matrix(4, 0), wide);
    Matrix out = Matrix::filled(3, 5, 7);
    spmm(CsrView{3, 4, empty, {}, {}}, five, out);
    CHECK(std::ranges::all_of(out.values(), [](Real v) { return v == 0; }));
    const Random hub(1, 50, 40000, Rng(8));
    CHECK(difference(hub.view(false), normal(50, 20, Rng(9)), Reduce::mean) <= 1e-4);
  }
  TEST_CASE("spmm and sddmm: the same bits at 1 and 2 threads") {
    const Random a(5000, 5000, 8, Rng(5));
    const Matrix x = normal(5000, 72, Rng(6)), y = normal(5000, 72, Rng(7));
    Matrix one(5000, 72), two(5000, 72);
    std::vector<Real> first(a.columns.size()), second(a.columns.size());
    {
      const Threads alone(1);
      spmm(a.view(true), x, one);
      sddmm(a.view(true), x, y, first);
    }
    const Threads both(2);
    spmm(a.view(true), x, two);
    sddmm(a.view(true), x, y, second);
    CHECK(std::ranges::equal(one.values(), two.values()));
    CHECK(first == second);
  }
  TEST_CASE("sddmm: products of rows at the entries") {
    const Random a(60, 45, 5, Rng(10));
    for (Offset d : {1, 7, 16, 40, 64, 67, 200}) {
      const Matrix x = normal(60, d, Rng(11)), y = normal(45, d, Rng(12));
      std::vector<Real> values(a.columns.size());
      sddmm(a.view(false), x, y, values);
      double worst = 0;
      for (Offset i = 0; i < 60; ++i)
        for (Offset e = a.offsets[i]; e < a.offsets[i + 1]; ++e) {
          double sum = 0;
          for (Offset k = 0; k < d; ++k) sum += double(x(i, k)) * y(a.columns[e], k);
          worst = std::max(worst, std::abs(sum - values[e]));
        }
      CHECK(worst <= 4e-5);
    }
  }
  TEST_CASE("parallel_rows: every row once, blocks balanced by entries") {
    const Random a(1000, 10, 30, Rng(13));
    std::vector<int> seen(1000);
    parallel_rows(a.view(false), 500, [&](Offset begin, Offset end) {
      CHECK(a.offsets[end] - a.offsets[begin] <= 500 + 61);
      for (Offset i = begin; i < end; ++i) ++seen[i];
    });
    CHECK(std::ranges::all_of(seen, [](int n) { return n == 1; }));
  }
}
