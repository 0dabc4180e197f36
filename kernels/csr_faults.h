// Whether compressed rows are what they should be; all threads, one pass over the entries.
#pragma once
#include <pfm/kernels/matrix.h>

namespace pfm {

// The first place of each kind that is wrong, -1 where there is none.
struct CsrFaults {
  Offset offset = -1;  // a row that does not begin where the one before it ends: offsets rise from 0 to the entries
  Offset column = -1;  // an entry outside [0, cols)
  Offset order = -1;   // an entry whose column is not above that of the entry before it in its row
};

// `rows` has rows + 1 offsets. Where an offset is wrong the entries are not looked at.
CsrFaults csr_faults(const CsrView& rows);

// The first value that is not finite, -1 if all are.
Offset first_not_finite(std::span<const Real> values);

}  // namespace pfm
