// numpy's .npy files: one dense array. Of a file or of bytes in memory (a member of an .npz).
#pragma once
#include <pfm/io/numpy_type.h>
#include <pfm/kernels/matrix.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace pfm::io {

// An array as it lies in `content`, which must outlive it.
struct Npy {
  std::string name;  // stands before messages
  NumpyType type;
  bool by_columns = false;
  std::vector<Offset> shape;  // [] = one element
  Offset count = 1;           // of elements
  std::string_view bytes;     // count * type.size of them; of type O: a pickle

  // In the order of the bytes; another type or rank than the function's: Error(Fault::input), here and below.
  std::vector<double> numbers() const;
  // Each in [lowest, highest]; `what` is for messages.
  std::vector<std::int64_t> integers(const char* what, std::int64_t lowest, std::int64_t highest) const;
  std::vector<std::string> texts() const;  // UTF-8
  Matrix matrix() const;                   // rank 1 ([n] becomes [n, 1]) or 2, by rows or columns; finite values only
  [[noreturn]] void fail(const std::string& what) const;
};

// Versions 1 to 3; little-endian numbers, bool, S, U and O. The declared sizes must be those of the bytes.
Npy parse_npy(const std::string& name, std::string_view content);

void write_npy(const std::filesystem::path& path, const Matrix& matrix);
Matrix read_npy(const std::filesystem::path& path);  // any type of numbers

// The bytes of an .npy file, version 1.0. `code` as numpy writes it ("<i8"), `shape` as in a Python tuple ("(3,)").
std::string npy_of(std::string_view code, std::string_view shape, std::string_view bytes);

}  // namespace pfm::io
