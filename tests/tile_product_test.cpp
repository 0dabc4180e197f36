#include <doctest/doctest.h>
#include <pfm/kernels/tile_product.h>
#include <pfm/tests/matrices.h>

#include <algorithm>
#include <cmath>

using namespace pfm;

namespace {

constexpr Offset sizes[] = {1, 2, 4, 5, 6, 7, 13, 16, 31, 50, 64, 77};

}  // namespace

TEST_SUITE("kernels") {
  TEST_CASE("tile_product: plain sums of products, and nothing beside the tile is touched") {
    const Offset stride = 100;
    for (const Offset m : sizes)
      for (const Offset n : sizes)
        for (const bool turned : {false, true}) {
          const Offset k = 1 + (m * 7 + n) % 40;
          const Matrix a = turned ? random_matrix(k, stride, 1) : random_matrix(m, stride, 1),
                       b = random_matrix(k, stride, 2);
          const Strided left{a.data(), turned ? 1 : stride, turned ? stride : 1};
          for (const Into into : {Into::empty, Into::sum}) {
            Matrix c = random_matrix(m + 1, stride, 3);
            const Matrix before = c.clone();
            tile_product(m, n, k, Real(-0.5), left, b.data(), stride, into, c.data(), stride);
            double worst = 0;
            bool beside = true;
            for (Offset i = 0; i <= m; ++i)
              for (Offset j = 0; j < stride; ++j) {
                if (i == m || j >= n) {
                  beside = beside && c(i, j) == before(i, j);
                  continue;
                }
                double sum = into == Into::sum ? double(before(i, j)) : 0;
                for (Offset t = 0; t < k; ++t) sum -= 0.5 * double(turned ? a(t, i) : a(i, t)) * double(b(t, j));
                worst = std::max(worst, std::abs(sum - double(c(i, j))));
              }
            CAPTURE(m);
            CAPTURE(n);
            CHECK(beside);
            CHECK(worst < 1e-5);
          }
        }
  }
  TEST_CASE("tile_product: the bits of an entry do not depend on what stands beside it") {
    const Matrix a = random_matrix(77, 64, 1), b = random_matrix(64, 80, 2);
    Matrix whole(77, 80), alone(1, 80);
    tile_product(77, 80, 64, 1, {a.data(), 64, 1}, b.data(), 80, Into::empty, whole.data(), 80);
    bool same = true;
    for (Offset i = 0; i < 77; ++i)
      for (const Offset n : {1, 5, 16, 40}) {
        tile_product(1, n, 64, 1, {a.row(i).data(), 64, 1}, b.data(), 80, Into::empty, alone.data(), 80);
        same = same && std::equal(alone.data(), alone.data() + n, whole.row(i).data());
      }
    CHECK(same);
  }
  TEST_CASE("transpose_tile: columns become rows, the last row again up to a whole vector") {
    for (const Offset n : sizes)
      for (const Offset k : sizes) {
        const Matrix b = random_matrix(n, k + 3, 1);
        const Offset stride = whole_vectors(n) + 2;
        Matrix to = Matrix::filled(k, stride, 7);
        transpose_tile(n, k, b.data(), k + 3, to.data(), stride);
        bool right = true;
        for (Offset t = 0; t < k; ++t)
          for (Offset j = 0; j < stride; ++j)
            right = right && to(t, j) == (j < whole_vectors(n) ? b(std::min(j, n - 1), t) : 7);
        CAPTURE(n);
        CAPTURE(k);
        CHECK(right);
      }
  }
}
