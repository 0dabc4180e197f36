// k-means clustering.
#pragma once
#include <pfm/graph/features.h>
#include <pfm/kernels/random.h>

namespace pfm {

struct Clusters {
  std::vector<std::int32_t> labels;  // [n] in [0, k)
  Matrix centres;                    // [k, d]
  double inertia = 0;                // sum of squared distances of the rows to their centres
  int iterations = 0;
};

// Lloyd's algorithm from the given centres until no row changes its cluster, at most 300 times. A cluster that loses
// all rows keeps its centre.  x [n, d], centres [k, d]
Clusters kmeans_from(const Features& x, Matrix centres);

// The start of k-means++ (Arthur & Vassilvitskii 2007): rows drawn by their squared distance to those chosen before.
Matrix kmeans_start(const Features& x, int k, Rng rng);  // 0 < k <= n -> [k, d]

// Of `starts` runs the one of lowest inertia, the first at a tie.
Clusters kmeans(const Features& x, int k, int starts, Rng rng);

}  // namespace pfm
