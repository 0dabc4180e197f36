// The raw CSV folder of the Open Graph Benchmark (Hu et al. 2020, arXiv:2005.00687), files plain or gzip, without
// header lines:
//   raw/edge.csv                  u,v          nodes from 0 on within their graph
//   raw/num-node-list.csv         nodes        a line per graph
//   raw/num-edge-list.csv         edges        a line per graph; may be absent with one graph
//   raw/node-feat.csv             numbers      a line per node; may be absent, as all below
//   raw/edge-feat.csv             numbers      a line per edge
//   raw/node-label.csv            numbers      a line per node
//   raw/graph-label.csv           numbers      a line per graph; empty or nan = missing
//   split/KIND/{train,valid,test}.csv          nodes or graphs; splits "train", "validation", "test"
#pragma once
#include <pfm/io/formats.h>

namespace pfm::io {

bool is_ogb(const std::filesystem::path& folder);

// One column of labels that are all whole numbers from 0 on is classes (missing = -1); several columns of 0 and 1,
// none missing, are label sets; everything else is reals. Edges are undirected unless the rules say otherwise; of
// repeated edges the first gives the attributes; self-loops stay. Folders with typed nodes (raw/relations) are refused;
// other files are passed over.
Dataset read_ogb(Paths paths, const ReadRules& rules);

}  // namespace pfm::io
