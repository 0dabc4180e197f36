// The small real data sets that are compiled into the library; origin and licence of each: data/README.md.
#pragma once
#include <pfm/graph/dataset.h>

namespace pfm::io {

std::vector<std::string> builtin_names();  // "cora", "coriolanus", "digits", "karate", "mutag"
Dataset builtin(const std::string& name);  // an unknown name: Error(Fault::input)

}  // namespace pfm::io
