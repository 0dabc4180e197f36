// Networks of Pajek (.net; reference manual of Pajek, section 5.3).
#pragma once
#include <pfm/io/formats.h>

namespace pfm::io {

// `*Vertices n`, lines `number "name" ..`, then sections `*Arcs` (directed) and `*Edges` (undirected) of lines
// `source target [weight] ..`, `*Arcslist` and `*Edgeslist` of lines `node neighbour..`; numbers count from 1, comments
// start with %. What follows a vertex's name or an edge's weight is drawing and passed over; an edge without weight
// weighs 1. With arcs and edges in one file the graph is directed and edges are stored both ways. Both sorts of nodes
// of a two-mode network (`*Vertices n first`) become nodes of one kind. Names are kept where one differs from 0 .. N-1;
// who has none is called by its number; labels name nodes by number. Several relations, matrices, partitions, vectors:
// Error(Fault::input), as is anything else.
Dataset read_pajek(Paths paths, const ReadRules& rules);

bool is_pajek(const std::filesystem::path& path);  // begins with *Vertices or *Network

}  // namespace pfm::io
