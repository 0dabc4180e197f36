// Texts of a user's file, one a line.
#pragma once
#include <pfm/io/lines.h>

#include <string>
#include <vector>

namespace pfm {

// Empty ones too. Error (input): a line that is not UTF-8 or holds a zero byte, with its place.
std::vector<std::string> text_lines(io::Lines& lines);

}  // namespace pfm
