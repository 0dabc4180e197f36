// numpy's .npz files: a ZIP archive of .npy arrays. Two forms:
//   scipy.sparse.save_npz     data, format (csr, csc or coo), shape, indices and indptr, or row and col
//   gnn-benchmark             (Shchur et al. 2018, arXiv:1811.05868) adj_{data,indices,indptr,shape}, attr_* likewise
//   or
//                             attr_matrix (dense), labels or labels_*; or the same as pickled scipy matrices
//                             adj_matrix, node_attr (attr_matrix), node_label (labels); class_names and node_names as
//                             arrays of text or in a dictionary `metadata`. Pickles are parsed, never executed
//                             (io/pickle.h).
#pragma once
#include <pfm/io/entries.h>
#include <pfm/io/formats.h>

namespace pfm::io {

bool is_npz(const std::filesystem::path& path);  // a ZIP archive with the members of one of the forms

// A square scipy matrix is the adjacency, row = source, as it stands there (directed unless it equals its transpose);
// another one is the features of nodes without edges. The gnn-benchmark's graph is undirected unless the rules say
// otherwise. A repeated entry counts once, an entry of 0 is none; other members are passed over.
Dataset read_npz(Paths paths, const ReadRules& rules);

// The matrix of a scipy file, of any shape.
Entries read_scipy(const std::filesystem::path& path);

// The adjacency, with both directions of undirected edges, as scipy's csr_matrix; nothing else of `data`.
void write_npz(const std::filesystem::path& path, const Dataset& data, const WriteRules& rules);

}  // namespace pfm::io
