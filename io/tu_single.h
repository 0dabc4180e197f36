// Many small graphs in one text (the form of powerful-gnns and DGCNN): the number of graphs; per graph a line
// `nodes label`, then per node a line `tag degree neighbour...`, neighbours 0-based within the graph.
#pragma once
#include <pfm/graph/dataset.h>

#include <filesystem>

namespace pfm::io {

// Tags become one-hot sparse rows, tags and graph labels are numbered in ascending order of their value; edges are
// undirected, a repeated one counts once, self-loops stay. A file folds10_test.txt in the same folder gives the folds:
// a line each, the graphs to test on, from 0 on.
Dataset read_tu_single(const std::filesystem::path& path);
Dataset parse_tu_single(const std::string& name, std::string_view content);

}  // namespace pfm::io
