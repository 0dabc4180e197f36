// AnnData files (.h5ad, anndata 0.8 and later) and the matrices of 10x Genomics: rows are observations (cells), here
// nodes.
#pragma once
#include <pfm/io/formats.h>

namespace pfm::io {

// By the first bytes and the name: NAME.h5ad or NAMEfeature_bc_matrix.h5.
bool is_anndata(const std::filesystem::path& path);

// AnnData: X, dense, csr or csc, is the features; none where it is absent or has no columns. The graph is
// obsp/adjacency, else obsp/connectivities, else the first entry of obsp by name, else none: an entry is an edge,
// row = source, 0 is none; directed unless it equals its transpose. The index of obs names the nodes unless it counts
// 0, 1, ..  Classes are the column `classes` of obs if it is categorical, else the first categorical column with two
// categories or more. Of obs also: `texts` (strings) and `split_NAME` (booleans: a split); of obsm: `label_sets` (csr)
// and `reals`. The rest is passed over: var, uns, layers, raw, other columns.
// 10x: the group `matrix` (genes x barcodes by columns) is the features of the barcodes, without edges.
Dataset read_anndata(Paths paths, const ReadRules& rules);

// What read_anndata reads, as a whole .h5ad: edge types and attributes, folds and names of label sets are not held. A
// data set of many graphs or with several types of nodes: Error(Fault::input).
void write_anndata(const std::filesystem::path& path, const Dataset& data, const WriteRules& rules);

}  // namespace pfm::io
