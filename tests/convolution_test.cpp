// Convolutions over many images: blocks, threads and the whole.
#include <doctest/doctest.h>
#include <pfm/kernels/convolution.h>
#include <pfm/kernels/parallel.h>
#include <pfm/kernels/random.h>

#include <cstring>

using namespace pfm;

namespace {

Matrix numbers(Offset rows, Offset cols, std::uint64_t seed) {
  Matrix m(rows, cols);
  for (Offset i = 0; i < m.size(); ++i) m.data()[i] = Real(Rng(seed).normal(std::uint64_t(i)));
  return m;
}

bool same_bits(const Matrix& a, const Matrix& b) {
  return a.same_shape(b) && std::memcmp(a.data(), b.data(), std::size_t(a.size()) * sizeof(Real)) == 0;
}

Matrix rows_of(const Matrix& a, Offset begin, Offset end) {
  Matrix part(end - begin, a.cols());
  std::copy_n(a.data() + begin * a.cols(), part.size(), part.data());
  return part;
}

}  // namespace

TEST_SUITE("convolution") {
  // 17 images, of which a task takes a part and the last task another number.
  TEST_CASE("the same bits at one and two threads, and an image is what it is alone") {
    const Convolution2d what{17, {32, 32}, 3, 8, {.size = {3, 3}, .stride = {2, 2}, .padding = {1, 1}}};
    const Matrix x = numbers(17 * 1024, 3, 1), w = numbers(27, 8, 2), by = numbers(17 * 256, 8, 3);
    std::vector<Matrix> y, dx, dw;
    for (const int threads : {1, 2}) {
      const Threads limit(threads);
      y.push_back(convolve(what, x, w));
      dx.push_back(convolution_input_gradient(what, by, w));
      dw.push_back(convolution_weight_gradient(what, x, by));
    }
    CHECK(same_bits(y[0], y[1]));
    CHECK(same_bits(dx[0], dx[1]));
    CHECK(same_bits(dw[0], dw[1]));
    Convolution2d one = what;
    one.images = 1;
    Matrix sum = Matrix::zeros(27, 8);
    for (const Offset g : {0, 7, 8, 16}) {
      const Matrix image = rows_of(x, g * 1024, (g + 1) * 1024), alone = convolve(one, image, w);
      const Matrix back = convolution_input_gradient(one, rows_of(by, g * 256, (g + 1) * 256), w);
      for (Offset i = 0; i < alone.size(); ++i)
        REQUIRE(alone.data()[i] == doctest::Approx(y[0].data()[g * alone.size() + i]).epsilon(1e-4));
      for (Offset i = 0; i < back.size(); ++i)
        REQUIRE(back.data()[i] == doctest::Approx(dx[0].data()[g * back.size() + i]).epsilon(1e-4));
    }
    for (Offset g = 0; g < 17; ++g) {
      const Matrix part =
          convolution_weight_gradient(one, rows_of(x, g * 1024, (g + 1) * 1024), rows_of(by, g * 256, (g + 1) * 256));
      for (Offset i = 0; i < sum.size(); ++i) sum.data()[i] += part.data()[i];
    }
    for (Offset i = 0; i < sum.size(); ++i)
      CHECK(sum.data()[i] == doctest::Approx(dw[0].data()[i]).epsilon(1e-3).scale(10));
  }

  TEST_CASE("windows that do not fit have no place") {
    const Windows wide{.size = {5, 5}};
    CHECK(wide.moved_over({4, 9}) == Sides{0, 5});
    const Convolution2d what{2, {4, 9}, 1, 2, wide};
    CHECK(convolve(what, numbers(72, 1, 1), numbers(25, 2, 2)).empty());
  }
}
