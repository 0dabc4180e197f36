// Adjacency lists: a node and its neighbours per line, as networkx and DeepWalk write them.
#pragma once
#include <pfm/io/formats.h>

namespace pfm::io {

// Lines `node neighbour..`, with `rules.weighted` `node neighbour weight neighbour weight ..`; ids are any strings,
// comments start with # or %. A node alone is an isolated one. Undirected unless `rules` say otherwise: an edge may
// then be listed from one end or from both (the second is a repetition). Nodes are in the order of their numbers where
// all ids are whole numbers, else as they first appear. Error(Fault::input): anything else.
Dataset read_adjacency_list(Paths paths, const ReadRules& rules);

bool is_adjacency_list(const std::filesystem::path& path);  // `adjlist` in its name: no first line tells it from edges

}  // namespace pfm::io
