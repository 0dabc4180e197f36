// A vector of its own for every item: the encoder of walk methods and of vocabularies.
#pragma once
#include <pfm/encoders/encoder.h>

namespace pfm {

struct Table {
  Table(const Params& p, Offset items, Offset width);  // "table", normal with deviation 1 / sqrt(width)
  Var operator()(const Batch& where) const;            // rows of where.ids; without ids of all items -> [N, width]
  Var table;                                           // [items, width]
};

}  // namespace pfm
