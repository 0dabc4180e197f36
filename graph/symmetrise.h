// A directed graph made undirected.
#pragma once
#include <pfm/graph/build.h>

namespace pfm {

// Every entry is stored from both its ends; loops stay, once. Where a graph has edge types, entries of different types
// are different edges. Of an edge that was stored in both directions the entry of the smaller source counts: its
// weight, or the sum of both weights, and its attributes. Linear in the edges; the transpose is built and kept.
Graph symmetrised(const Graph& graph, BuildRules::Duplicates weights = BuildRules::Duplicates::first);

}  // namespace pfm
