// Molecules in parts that share no scaffold.
#pragma once
#include <pfm/kernels/matrix.h>

#include <string>
#include <vector>

namespace pfm {

struct ScaffoldSplit {
  std::vector<NodeId> train, validation, test;  // in the order in which groups were taken, ascending within a group
};

// Items of one scaffold stay together. Groups come largest first, of equal sizes the one whose first item is later; one
// goes to training while that stays within 80 % of the items, else to validation while both stay within 90 %, else to
// testing (Hu et al. 2020, arXiv:1905.12265, whose program sorts so). Deterministic. `scaffolds` [items] is any key,
// as a rule the Bemis-Murcko scaffold with chirality; the empty one is a scaffold like others.
ScaffoldSplit scaffold_split(const std::vector<std::string>& scaffolds);

}  // namespace pfm
