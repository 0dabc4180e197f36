// A graph with features and labels as a folder of text, each file plain or gzip, nodes numbered from 0 on:
//   edges.txt     u v [weight]
//   features.txt  column.. or column:value..   a line per node, which may be empty
//   labels.txt    class                        a line per node, -1 = unlabelled; may be absent
//   train.txt val.txt test.txt   node          splits "train", "validation", "test"; may be absent
#pragma once
#include <pfm/io/formats.h>

namespace pfm::io {

// By the names and the first lines of features.txt: Planetoid's text has `row column value` there.
bool is_attributed_text(const std::filesystem::path& folder);

// Columns without a value count 1; there are 1 + the highest of them; a value of 0 is none. A column that a line names
// twice is refused. Edges are undirected unless the rules say otherwise; a repeated one counts once, self-loops stay.
Dataset read_attributed_text(Paths paths, const ReadRules& rules);

}  // namespace pfm::io
