// DATA on the command line.
#pragma once
#include <pfm/cli/monitor.h>
#include <pfm/graph/dataset.h>

namespace pfm {

// A built-in name or a file or folder that io/ recognises; a foreign format is kept as HDF5 in the cache and the
// monitor says where. Error (input): nothing of that name, with the nearest one.
Dataset open_data(const std::string& word, Monitor& monitor);

// That of words[word] of the line. With --features E its nodes have the rows of that embedding in place of features of
// its own: by name where both have names, else in order. Error (input): a node without a row, several kinds of nodes.
Dataset open_data(const Arguments& arguments, std::size_t word, Monitor& monitor);

std::string described(const Dataset& data);  // the text of pfm info

}  // namespace pfm
