// This program has a graph of its own, under the same path as the library's.
#pragma once
#include <utility>
#include <vector>

struct Graph {
  std::vector<std::pair<int, int>> friends;
};
