// What a record, an experiment or a model depends on: the content of a data set.
#pragma once
#include <pfm/graph/dataset.h>

namespace pfm {

// XXH3 as 16 hexadecimal digits of graph, features, targets and splits; not of the name.
std::string checksum(const Dataset& data);

}  // namespace pfm
