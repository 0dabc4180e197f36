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

  // Notes that gradient descent moves the row by `steps`: rates times gradients' number.
  void count(Offset place, Real steps) { steps_[std::size_t(place)] += steps; }

  // After copy(): copies become what has changed.
  void subtract(const Matrix& table);

 private:
  friend class RowChanges;
  static constexpr Offset parts = 16;  // row r is of part r % parts
  void find_room();
  std::vector<NodeId> rows_;                            // by place
  std::vector<Real> steps_;                             // by place
  std::array<std::vector<std::int32_t>, parts> parts_;  // places by part
  std::vector<std::int32_t> places_;                    // open addressing: places by row, -1 free; a power of two
  Matrix copies_;                                       // by place
  Matrix* table_ = nullptr;                             // borrowed
};

// Joins what several tasks have changed in one table, each from the same rows.
//
// Changes are added. But tasks that walk far down the same slope would together overshoot: a row that all of them moved
// to where its gradient vanishes would jump as many times too far. So where the steps of all tasks exceed `most_steps`,
// their changes count most_steps / steps, and no less than in their mean.
class RowChanges {
 public:
  explicit RowChanges(Offset rows) : loads_(std::size_t(rows)) {}
  static constexpr Real most_steps = 4;
  // Rows r with r % parts = part, in the order of the tasks. Parts may go at once.
  static constexpr Offset parts = TouchedRows::parts;
  void add(std::span<const TouchedRows* const> tasks, Matrix& table, Offset part);

 private:
  struct Load {
    Real steps = 0;
    std::int32_t tasks = 0;
  };
  std::vector<Load> loads_;  // by row; zeros between calls
};

}  // namespace pfm
