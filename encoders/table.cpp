#include <pfm/encoders/table.h>
#include <pfm/nn/shape.h>

#include <cmath>

namespace pfm {

Table::Table(const Params& p, Offset items, Offset width)
    : table(p.normal("table", items, width, 1 / std::sqrt(double(width)))) {}

Var Table::operator()(const Batch& where) const {
  if (!where.ids.empty()) return gather_rows(table, where.ids);
  expect(where.rows() == table.rows(), "Table: a batch without ids holds all items");
  return table;
}

}  // namespace pfm
