// XXH3 of what a record or an experiment depends on.
#pragma once
#include <pfm/graph/dataset.h>

namespace pfm {

std::string checksum(std::string_view bytes);  // 16 hexadecimal digits
std::string checksum(const Dataset& data);     // of its values: graph, features, targets, splits; not its name

}  // namespace pfm
