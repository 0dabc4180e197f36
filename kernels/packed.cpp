#include <pfm/kernels/packed.h>
#include <pfm/kernels/parallel.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <memory>

#ifndef PFM_DOUBLE
#include <pfm/kernels/onednn.h>
#endif

namespace pfm {
namespace {

// Bits 16 to 31 are the result's. Half of the last of them is added, less at a tie to an even number; a NaN stays one.
std::uint16_t bf16_bits(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  if ((bits & 0x7fffffff) > 0x7f800000) return std::uint16_t((bits >> 16) | 0x40);
  return std::uint16_t((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

constexpr Offset rows_a_product = 96;  // the last product of a matrix has fewer

Matrix rounded(const Matrix& b) {
  Matrix all(b.rows(), b.cols());
  for (Offset t = 0; t < b.size(); ++t) all.data()[t] = Real(rounded_to_bf16(float(b.data()[t])));
  return all;
}

}  // namespace

float rounded_to_bf16(float x) { return std::bit_cast<float>(std::uint32_t(bf16_bits(x)) << 16); }

#ifdef PFM_DOUBLE

struct Packed::Narrow {
  static std::shared_ptr<const Narrow> of(const Matrix&) { return nullptr; }
  Offset rows() const { return 0; }
  Offset cols() const { return 0; }
  void multiply(const Real*, Offset, Real*) const {}
};

#else

namespace {

using dnnl::memory;
using Tag = memory::format_tag;

std::unique_ptr<std::uint16_t[]> narrowed(const Real* from, Offset count) {
  auto to = std::make_unique_for_overwrite<std::uint16_t[]>(std::size_t(count));
  std::transform(from, from + count, to.get(), bf16_bits);
  return to;
}

}  // namespace

struct Packed::Narrow {
  Offset k, n;
  memory weights;

  static dnnl::matmul::primitive_desc product(Offset m, Offset k, Offset n, const memory::desc& weights) {
    return {{memory::desc({m, k}, memory::data_type::bf16, Tag::ab), weights,
             memory::desc({m, n}, memory::data_type::f32, Tag::ab)},
            onednn_engine()};
  }

  static std::shared_ptr<const Narrow> of(const Matrix& b) {
    if (!__builtin_cpu_supports("avx512bf16") || b.size() == 0) return nullptr;
    const OneThread alone;
    const memory::desc any({b.rows(), b.cols()}, memory::data_type::bf16, Tag::any);
    try {
      const memory::desc wanted = product(rows_a_product, b.rows(), b.cols(), any).weights_desc();
      const auto given = narrowed(b.data(), b.size());
      memory from({{b.rows(), b.cols()}, memory::data_type::bf16, Tag::ab}, onednn_engine(), given.get());
      auto all = std::make_shared<Narrow>(Narrow{b.rows(), b.cols(), memory(wanted, onednn_engine())});
      dnnl::stream order(onednn_engine());
      dnnl::reorder(from, all->weights).execute(order, from, all->weights);
      order.wait();
      return all;
    } catch (const dnnl::error&) {  // this oneDNN has no such product
      return nullptr;
    }
  }

  Offset rows() const { return k; }
  Offset cols() const { return n; }
  void multiply(const Real* a, Offset m, Real* c) const {
    const OneThread alone;
    const dnnl::matmul::primitive_desc what = product(m, k, n, weights.get_desc());
    const auto narrow = narrowed(a, m * k);
    dnnl::stream order(onednn_engine());
    dnnl::matmul(what).execute(order, {{DNNL_ARG_SRC, memory(what.src_desc(), onednn_engine(), narrow.get())},
                                       {DNNL_ARG_WEIGHTS, weights},
                                       {DNNL_ARG_DST, memory(what.dst_desc(), onednn_engine(), c)}});
    order.wait();
  }
};

#endif

namespace {

template <class Weights>
Matrix product_with(const Weights& b, const Matrix& a, const Epilogue& epilogue) {
  expect(a.cols() == b.rows(), "Packed: inner sizes agree");
  expect(!epilogue.bias || epilogue.bias->size() == b.cols(), "Packed: bias is [1, n]");
  Matrix c(a.rows(), b.cols());
  parallel_for(a.rows(), rows_a_product, [&](Offset begin, Offset end) {
    b.multiply(a.data() + begin * a.cols(), end - begin, c.data() + begin * b.cols());
    finish(epilogue, c, begin, end);
  });
  return c;
}

}  // namespace

Packed::Packed(const Matrix& b, Precision precision) {
  if (precision == Precision::bf16) narrow_ = Narrow::of(b);
  if (!narrow_) panels_ = precision == Precision::bf16 ? Panels(rounded(b)) : Panels(b);
}

Matrix Packed::multiply(const Matrix& a, const Epilogue& epilogue) const {
  return narrow_ ? product_with(*narrow_, a, epilogue) : product_with(panels_, a, epilogue);
}

}  // namespace pfm
