// Named matrices as a safetensors file: 8 bytes of header size, a JSON header, the numbers. Readable by Python as it
// is.
#pragma once
#include <pfm/kernels/matrix.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace pfm::io {

using Metadata = std::map<std::string, std::string>;

struct Tensors {
  std::map<std::string, Matrix> matrices;
  Metadata metadata;
};

// Names in order, so equal contents give equal bytes. `shapes`: of those that shall not be [rows, cols]; as many
// numbers. Error(Fault::writing); an earlier file stays whole.
void write_safetensors(const std::filesystem::path& path, const std::map<std::string, const Matrix*>& matrices,
                       const Metadata& metadata, const std::map<std::string, std::vector<Offset>>& shapes = {});

// F32, F64, F16, BF16 and I64 tensors of any rank; the last axis becomes columns, the others rows ([] and [n] are one
// row). Nothing in the header is trusted, and an I64 that Real does not hold exactly is refused: Error(Fault::input)
// with place, what was expected and what was found.
Tensors read_safetensors(const std::filesystem::path& path);

}  // namespace pfm::io
