// The plain lists that folders of text are made of: classes, edges, splits, folds, rows of numbers.
#pragma once
#include <pfm/graph/graph.h>
#include <pfm/io/text.h>

#include <vector>

namespace pfm::io {

// Everything that does not fit: Error(Fault::input) with line and column.

std::vector<std::int32_t> read_classes(Text text);        // a line per item: its class, -1 = unlabelled
std::vector<Edge> read_edges(Text text, NodeId nodes);    // lines `u v`, 0-based
std::vector<NodeId> read_items(Text text, NodeId items);  // an item per line, each once, 0-based
// A line per fold: its items (those to test on), each once.
std::vector<std::vector<NodeId>> read_folds(Text text, NodeId items);

// `rows` lines of finite numbers, as many on each as on the first one.
Matrix read_rows(Text text, Offset rows);
// The same, separated by commas alone; an empty cell or `nan` is NaN = missing.
Matrix read_cells(Text text, Offset rows);

// Which of the ascending different `values` each of the items is.
std::vector<std::int32_t> ranks(const std::vector<std::int64_t>& items, std::vector<std::int64_t>& values);

}  // namespace pfm::io
