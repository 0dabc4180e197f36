#include <pfm/kernels/packed.h>
#include <pfm/kernels/parallel.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <memory>
#include <unordered_map>

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

// The fewer products, the less often weights come from memory; two threads have one each also of few rows.
Offset rows_a_product(Offset m) { return std::clamp<Offset>((m + 31) / 32 * 16, 96, 512); }

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
  Offset k = 0, n = 0;
  Matrix multiply(const Matrix&, const Epilogue&) const { return {}; }
  Matrix multiply(const Matrix&, const Epilogue&, const Narrow&, const Epilogue&) const { return {}; }
};

#else

namespace {

using dnnl::memory;
using Type = memory::data_type;
using Tag = memory::format_tag;
using NarrowRows = Matrix;  // rows of bf16 in the space of half as many numbers

NarrowRows narrow_rows(Offset count) { return {1, (count + 1) / 2}; }

void reorder(memory from, memory to) {
  dnnl::stream order(onednn_engine());
  dnnl::reorder(from, to).execute(order, from, to);
  order.wait();
}

memory rows_at(const void* rows, Offset m, Offset k, Type type) {
  return {{{m, k}, type, Tag::ab}, onednn_engine(), const_cast<void*>(rows)};
}

NarrowRows narrowed(const Real* rows, Offset m, Offset k) {
  NarrowRows to = narrow_rows(m * k);
  reorder(rows_at(rows, m, k, Type::f32), rows_at(to.data(), m, k, Type::bf16));
  return to;
}

dnnl::primitive_attr followed_by(Activation activation) {
  using dnnl::algorithm;
  dnnl::primitive_attr result;
  if (activation == Activation::none) return result;
  dnnl::post_ops after;
  after.append_eltwise(1,
                       activation == Activation::relu   ? algorithm::eltwise_relu
                       : activation == Activation::gelu ? algorithm::eltwise_gelu_erf
                                                        : algorithm::eltwise_gelu_tanh,
                       0, 0);
  result.set_post_ops(after);
  return result;
}

}  // namespace

struct Packed::Narrow {
  Offset k, n;
  memory weights;

  static dnnl::matmul::primitive_desc product(Offset m, const memory::desc& weights, const Epilogue& epilogue,
                                              Type result) {
    const Offset k = weights.dims()[0], n = weights.dims()[1];
    const memory::desc rows({m, k}, Type::bf16, Tag::ab), bias({1, n}, Type::f32, Tag::ab),
        out({m, n}, result, Tag::ab);
    const dnnl::primitive_attr after = followed_by(epilogue.activation);
    if (epilogue.bias) return {{rows, weights, bias, out}, after, onednn_engine()};
    return {{rows, weights, out}, after, onednn_engine()};
  }

  static std::shared_ptr<const Narrow> of(const Matrix& b) {
    if (!__builtin_cpu_supports("avx512bf16") || b.size() == 0) return nullptr;
    const OneThread alone;
    const memory::desc any({b.rows(), b.cols()}, Type::bf16, Tag::any);
    try {
      const memory::desc wanted = product(rows_a_product(512), any, {}, Type::f32).weights_desc();
      auto all = std::make_shared<Narrow>(Narrow{b.rows(), b.cols(), memory(wanted, onednn_engine())});
      reorder(rows_at(b.data(), b.rows(), b.cols(), Type::f32), all->weights);
      return all;
    } catch (const dnnl::error&) {  // this oneDNN has no such product
      return nullptr;
    }
  }

  // c = epilogue(rows b), rows [m, k] of bf16, c [m, n] of `type`.
  void multiply(const NarrowRows& rows, Offset m, const Epilogue& epilogue, Type type, void* c) const {
    const dnnl::matmul::primitive_desc what = product(m, weights.get_desc(), epilogue, type);
    std::unordered_map<int, memory> of{{DNNL_ARG_SRC, rows_at(rows.data(), m, k, Type::bf16)},
                                       {DNNL_ARG_WEIGHTS, weights},
                                       {DNNL_ARG_DST, rows_at(c, m, n, type)}};
    if (epilogue.bias) of.emplace(DNNL_ARG_BIAS, rows_at(epilogue.bias->data(), 1, n, Type::f32));
    dnnl::stream order(onednn_engine());
    dnnl::matmul(what).execute(order, of);
    order.wait();
  }

  Matrix multiply(const Matrix& a, const Epilogue& epilogue) const {
    Matrix c(a.rows(), n);
    parallel_for(a.rows(), rows_a_product(a.rows()), [&](Offset begin, Offset end) {
      const OneThread alone;
      const Offset m = end - begin;
      multiply(narrowed(a.row(begin).data(), m, k), m, epilogue, Type::f32, c.row(begin).data());
    });
    return c;
  }

  Matrix multiply(const Matrix& a, const Epilogue& epilogue, const Narrow& next, const Epilogue& last) const {
    Matrix c(a.rows(), next.n);
    parallel_for(a.rows(), rows_a_product(a.rows()), [&](Offset begin, Offset end) {
      const OneThread alone;
      const Offset m = end - begin;
      NarrowRows between = narrow_rows(m * n);
      multiply(narrowed(a.row(begin).data(), m, k), m, epilogue, Type::bf16, between.data());
      next.multiply(between, m, last, Type::f32, c.row(begin).data());
    });
    return c;
  }
};

#endif

static Matrix product(const Matrix& a, const Panels& b, const Epilogue& epilogue) {
  Matrix c(a.rows(), b.cols());
  parallel_for(a.rows(), rows_a_product(a.rows()), [&](Offset begin, Offset end) {
    b.multiply(a.row(begin).data(), end - begin, c.row(begin).data());
    finish(epilogue, c, begin, end);
  });
  return c;
}

Packed::Packed(const Matrix& b, Precision precision) : rows_(b.rows()), cols_(b.cols()) {
  if (precision == Precision::bf16) narrow_ = Narrow::of(b);
  if (!narrow_) panels_ = precision == Precision::bf16 ? Panels(rounded(b)) : Panels(b);
}

Matrix Packed::multiply(const Matrix& a, const Epilogue& epilogue) const {
  expect_sizes(a.cols(), epilogue);
  return narrow_ ? narrow_->multiply(a, epilogue) : product(a, panels_, epilogue);
}

Matrix Packed::multiply(const Matrix& a, const Epilogue& epilogue, const Packed& next, const Epilogue& last) const {
  if (!narrow_ || !next.narrow_) return next.multiply(multiply(a, epilogue), last);
  expect_sizes(a.cols(), epilogue);
  next.expect_sizes(cols_, last);
  return narrow_->multiply(a, epilogue, *next.narrow_, last);
}

void Packed::expect_sizes(Offset inner, const Epilogue& epilogue) const {
  expect(inner == rows_, "Packed: inner sizes agree");
  expect(!epilogue.bias || epilogue.bias->size() == cols_, "Packed: bias is [1, n]");
  expect(!epilogue.slope, "Packed: no slopes, which only gradients need");
}

}  // namespace pfm
