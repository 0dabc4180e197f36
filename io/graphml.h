// GraphML (Brandes, Eiglsperger, Herman, Himsolt, Marshall 2001), read as a stream by expat.
#pragma once
#include <pfm/io/formats.h>

namespace pfm::io {

// One <graph>. Direction: `directed` of an edge, else `edgedefault`; with edges of both kinds the graph is directed and
// undirected ones are stored both ways. Ids of nodes are names; nodes are in the order of their numbers where all ids
// are whole numbers, else as they come. The key called `weight` of edges gives weights: its default, else 1, where an
// edge has none. The key called `class` of nodes gives classes; without it the key `label` does, if on average two
// nodes or more share a label (else it is a title). Other data and ports are passed over. A second graph, hyperedges,
// edges of undeclared nodes, ids declared twice, declared entities: Error(Fault::input), as is anything that is not
// XML.
Dataset read_graphml(Paths paths, const ReadRules& rules);

bool is_graphml(const std::filesystem::path& path);

// Names (else 0 .. N-1) as ids, direction, weights, classes. With `rules.both` an undirected graph is written as a
// directed one. Names with characters that XML cannot hold: Error(Fault::input). Error(Fault::writing): the file.
void write_graphml(const std::filesystem::path& path, const Dataset& data, const WriteRules& rules);

}  // namespace pfm::io
