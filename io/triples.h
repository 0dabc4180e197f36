// Knowledge graphs: a fact per line, `head TAB relation TAB tail`.
#pragma once
#include <pfm/io/formats.h>

namespace pfm::io {

bool is_triples(const std::filesystem::path& path);

// A folder with train.txt and perhaps valid.txt and test.txt (each also .gz), or one to three files in the order
// training, validation, test. Nodes are of one type, "entity", named as in the files and numbered in the order of
// their bytes, entities of all files; so are relations. The graph holds the training facts alone, from head to tail;
// --undirected stores them from both ends. All facts are targets.pairs, and the splits train, validation, test number
// them where there are several files. A fact that a file repeats counts once; a fact of an earlier file is left out of
// a later one; a head may be its own tail.
Dataset read_triples(Paths paths, const ReadRules& rules);

}  // namespace pfm::io
