// Molecules as SMILES: CSV with a row of column names, or one a line. Needs RDKit (io/molecule.h).
#pragma once
#include <pfm/io/formats.h>

namespace pfm::io {

// CSV with a column smiles or mol, or lines whose first word is spelled like a SMILES.
bool is_smiles(const std::filesystem::path& path);

// A graph per molecule, in the order of the file; what RDKit refuses is left out and told to the note. Of a field or
// line the SMILES is the first word. Columns of CSV: SMILES are in `smiles`, else `mol`, else the first; targets are
// those of rules.columns, else MoleculeNet's own (p_np, Class, HIV_active, expt, exp, u0_atom, "measured log solubility
// in mols per litre") where there are some, else every other column whose fields are numbers or empty, but for num, id
// and index. An empty field or nan is a missing target.
// Nodes are atoms [N, 123], one-hot: columns 0 .. 117 the atomic number less 1, 118 no element ("*"), 119 .. 122
// chirality (unspecified, clockwise, counterclockwise, other). Edges are bonds, stored from both atoms: types 0 single,
// 1 double, 2 triple, 3 aromatic, 4 other; attributes [E, 3] one-hot: direction none, up, down, the same from both
// ends. These are the descriptors of Hu et al. 2020 (arXiv:1905.12265). Texts are the SMILES, one per graph.
// Where there are targets the splits train, validation, test share no scaffold (graph/scaffold_split.h).
Dataset read_smiles(Paths paths, const ReadRules& rules);

}  // namespace pfm::io
