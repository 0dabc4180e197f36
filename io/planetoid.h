// Planetoid citation graphs (Yang, Cohen, Salakhutdinov 2016, arXiv:1603.08861): Cora, Citeseer, Pubmed with the public
// split.
#pragma once
#include <pfm/graph/dataset.h>

#include <filesystem>

namespace pfm::io {

// The original pickles ind.NAME.{x,tx,allx,y,ty,ally,graph,test.index}, parsed and never executed (io/pickle.h). Test
// rows are placed by test.index; nodes it leaves out (Citeseer's 15) have no features and no label. The split is the
// public one: the rows of x, the next 500, test.index.
bool is_planetoid(const std::filesystem::path& folder);
Dataset read_planetoid(const std::filesystem::path& folder);

// The plain-text form, a folder of
//   edges.txt     u v                 undirected, 0-based
//   features.txt  row column value    unweighted if every value is 1; without the file: none (identity rows)
//   labels.txt    class               a line per node, -1 = unlabelled; their number is the number of nodes
//   train.txt val.txt test.txt        node; splits "train", "validation", "test"; may be absent
//   meta.txt      key value           "features" fixes the number of columns, else 1 + the highest
Dataset read_planetoid_text(const std::filesystem::path& folder);

// The same from contents in memory, by file name. `name` is for messages and becomes the data set's.
Dataset parse_planetoid_text(const std::string& name, const std::map<std::string, std::string_view>& files);

}  // namespace pfm::io
