#pragma once
#include "graph/graph.h"

inline Graph two_circles(int size) {  // nodes [0, size) and [size, 2 size), each in a ring, one edge between them
  Graph graph;
  for (int i = 0; i < size; ++i) {
    graph.friends.push_back({i, (i + 1) % size});
    graph.friends.push_back({size + i, size + (i + 1) % size});
  }
  graph.friends.push_back({0, size});
  return graph;
}
