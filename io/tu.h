// The TU collection's text (Morris et al. 2020, arXiv:2007.08663): a folder of files NAME_*.txt, plain or gzip, ids
// from 1 on:
//   A                 u, v            an edge; both directions may be given
//   graph_indicator   g               a line per node: its graph
//   graph_labels      class           a line per graph; may be absent, as all below
//   graph_attributes  numbers         a line per graph: what is to be predicted
//   node_labels       integers        a line per node
//   node_attributes   numbers         a line per node
//   edge_labels       integer         a line per line of A
//   edge_attributes   numbers         a line per line of A
//   folds10_test.txt  graphs from 0   (without NAME) a line per fold: the graphs to test on
#pragma once
#include <pfm/io/formats.h>

namespace pfm::io {

bool is_tu(const std::filesystem::path& folder);

// Features: a one-hot block per column of the node labels (values ascending), then the attributes; dense where
// attributes are at least a quarter of the columns, else sparse; none without both. Graph and edge labels are numbered
// in the ascending order of their values; edge labels become edge types. Edges are undirected unless the rules say
// otherwise; of an edge given more than once the first one gives type and attributes; self-loops stay. Nodes are put in
// the order of their graphs where the file has another.
Dataset read_tu(Paths paths, const ReadRules& rules);

}  // namespace pfm::io
