// Vectors of the machine's width, by the compilers' vector extension: elsewhere they are lowered to what exists.
// Passed by reference only, so that no calling convention depends on the machine.
#pragma once
#include <pfm/kernels/matrix.h>

namespace pfm {

#ifdef __AVX512F__
constexpr Offset vector_bytes = 64;
constexpr int vector_registers = 32;
#else
constexpr Offset vector_bytes = 32;
constexpr int vector_registers = 16;
#endif

template <Offset lanes>
struct Lanes {
  static constexpr Offset count = lanes;
  typedef Real Type __attribute__((vector_size(lanes * sizeof(Real)), aligned(alignof(Real)), may_alias));
};
template <>
struct Lanes<1> {
  static constexpr Offset count = 1;
  using Type = Real;
};
using WideLanes = Lanes<vector_bytes / Offset{sizeof(Real)}>;
using NarrowLanes = Lanes<16 / Offset{sizeof(Real)}>;

// Vectors in memory stand at any number: packed, because clang 14 forgets the alignment that a dependent type asks for.
template <class L>
struct __attribute__((packed, may_alias)) Piece {
  typename L::Type v;
};

template <class L>
inline Piece<L>& at(Real* p) {
  return *reinterpret_cast<Piece<L>*>(p);
}
template <class L>
inline const Piece<L>& at(const Real* p) {
  return *reinterpret_cast<const Piece<L>*>(p);
}

}  // namespace pfm
