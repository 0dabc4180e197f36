// Augmentations of whole graphs (GraphCL, arXiv:2010.13902, table 1). Each changes every sample of a batch by itself:
// the share `ratio` of its n rows or m undirected edges, rounded down.
#pragma once
#include <pfm/selfsup/corruption.h>

namespace pfm {

Corruption remove_pairs(double ratio);    // undirected edges, both directions together; loops stay
Corruption noise_rows(double ratio);      // rows become normal numbers of mean .5 and deviation .5
Corruption grow_subgraphs(double ratio);  // leaves out this share: what is kept grows from a random row, always by a
                                          // random neighbour, and ends early where no neighbour is left
// Every sample is changed by one of these, drawn for it alone; samples stay in their order.
Corruption one_of(std::vector<Corruption> choices);

}  // namespace pfm
