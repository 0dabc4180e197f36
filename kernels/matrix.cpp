#include <pfm/kernels/matrix.h>
#include <pfm/kernels/pool.h>

#include <algorithm>
#include <limits>
#include <new>

namespace pfm {

static std::size_t bytes_of(Offset rows, Offset cols) {
  Offset size = 0, bytes = 0;
  expect(rows >= 0 && cols >= 0, "Matrix: negative size");
  if (__builtin_mul_overflow(rows, cols, &size) || __builtin_mul_overflow(size, Offset{sizeof(Real)}, &bytes))
    throw std::bad_alloc();
  return bytes;
}

Matrix::Matrix(Offset rows, Offset cols) : rows_(rows), cols_(cols) {
  const std::size_t bytes = bytes_of(rows, cols);
  if (bytes > 0) data_ = static_cast<Real*>(pool::acquire(bytes));
}

Matrix::Matrix(Offset rows, Offset cols, std::initializer_list<Real> values) : Matrix(rows, cols) {
  expect(static_cast<Offset>(values.size()) == size(), "Matrix: as many values as the shape says");
  std::copy(values.begin(), values.end(), data_);
}

Matrix::~Matrix() {
  if (data_) pool::release(data_, bytes_of(rows_, cols_));
}

Matrix Matrix::filled(Offset rows, Offset cols, Real value) {
  Matrix result(rows, cols);
  std::fill_n(result.data_, result.size(), value);
  return result;
}

Matrix Matrix::clone() const {
  Matrix result(rows_, cols_);
  std::copy_n(data_, size(), result.data_);
  return result;
}

}  // namespace pfm
