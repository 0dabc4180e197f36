// How much nodes matter, and how likely what matters less falls out of a view (GCA, Zhu et al. 2021, arXiv:2010.14945,
// section 3.2).
#pragma once
#include <pfm/graph/features.h>
#include <pfm/graph/graph.h>

#include <string>

namespace pfm {

// [N] by "degree" (stored entries as a target), "pagerank" (ten rounds x <- 0.15 x + 0.85 of what comes in, from ones:
// the authors' form) or "eigenvector" (of norm 1, plus 1e-8). Error(usage): another name.
std::vector<double> centrality(const Graph& graph, const std::string& kind);

// With s = log(1 + centrality of the target), the chance min(mean (max s - s) / (max s - mean s), most) of every stored
// entry [E]; `mean` for all where s is the same everywhere.
std::vector<double> edge_drop_chances(const Graph& graph, std::span<const double> centrality, double mean,
                                      double most = 0.7);
// The same for every column [F], s = log(1 + sum over nodes of |x| centrality).
std::vector<double> column_drop_chances(const Features& x, std::span<const double> centrality, double mean,
                                        double most = 0.7);

}  // namespace pfm
