// The rows of a table that one task touches: copied, so that others may read the table meanwhile, or where they stand.
#pragma once
#include <pfm/kernels/matrix.h>

#include <array>
#include <vector>

namespace pfm {

class TouchedRows {
 public:
  void clear();
  Offset place(NodeId row);  // of the row among those touched; it becomes one

  // One of these once all places are known. Copies are as wide as the table, up to a multiple of the machine's vector
  // (zeros fill); in place, rows must be of such a width.
  void copy(const Matrix& table);
  void borrow(Matrix& table);
  Real* operator[](Offset place) {
    return table_ ? table_->row(rows_[std::size_t(place)]).data() : copies_.row(place).data();
  }
  Offset width() const { return table_ ? table_->cols() : copies_.cols(); }

  // After copy(): the copies become what has changed, which add_to adds for the rows r with r % parts = part. Different
  // parts may be added at the same time.
  void subtract(const Matrix& table);
  static constexpr Offset parts = 16;
  void add_to(Matrix& table, Offset part) const;

 private:
  void find_room();
  std::vector<NodeId> rows_;                            // by place
  std::array<std::vector<std::int32_t>, parts> parts_;  // places by part
  std::vector<std::int32_t> places_;                    // open addressing: places by row, -1 free; a power of two
  Matrix copies_;                                       // by place
  Matrix* table_ = nullptr;                             // borrowed
};

}  // namespace pfm
