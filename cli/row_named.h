// Rows on the command line.
#pragma once
#include <pfm/kernels/matrix.h>

#include <string>
#include <vector>

namespace pfm {

// The row of [0, rows) that `word` means: a name where `names` ([rows] or empty) has it, else a number. Error (usage)
// that begins with `where`: neither, with the nearest name.
Offset row_named(const std::string& word, const std::vector<std::string>& names, Offset rows, const std::string& where);

}  // namespace pfm
