// Folders of typed graphs as HeCo (Wang et al. 2021, arXiv:2105.09111) lays them out: acm, dblp, freebase.
#pragma once
#include <pfm/io/formats.h>

namespace pfm::io {

bool is_heco(const std::filesystem::path& path);  // a folder with labels.npy and some xy.txt, x and y letters

// Every type has a letter. The target type is the one that the meta-paths (pap.npz) begin and end with; it comes first,
// the others in the order in which they appear in the sorted names of the files.
//   xy.txt                         lines `i j`: links of node i of type x and node j of type y, stored both ways; a
//                                  link that is given twice counts once
//   x_feat.npz                     features of type x: a scipy matrix, or a dense array as .npy; absent = none
//   labels.npy                     [items] the class of each
//   train_k.npy, val_k.npy, test_k.npy   become the splits train_k, validation_k, test_k
//   pos.npz                        positives; xyx.npz: meta-paths; of both the pattern alone counts
// Types are named after their letters as in those three data sets (p paper, a author, ..), another one by the letter.
// A type has as many nodes as rows of features, else 1 + its highest id. Where apcpa.npz is there and aptpa.npz is not
// (dblp), aptpa is the pattern of PA^T PT PT^T PA.
Dataset read_heco(Paths paths, const ReadRules& rules);

}  // namespace pfm::io
