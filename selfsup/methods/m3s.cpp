// M3S (Sun, Lin & Zhu 2020, arXiv:1902.11038). Self-training in stages, where a prediction becomes a label only if the
// node's cluster among the embeddings, aligned with the nearest class, says the same. Without clusters it is the
// paper's multi-stage training.
#include <pfm/selfsup/cosine.h>
#include <pfm/selfsup/kmeans.h>
#include <pfm/selfsup/methods/methods.h>

#include <algorithm>
#include <limits>

namespace pfm {
namespace {

using Classes = std::vector<std::int32_t>;

// The class whose labelled rows have their mean nearest to each centre.  centres [k, d], rows [N, d], known of the
// first of them, the items -> [k]
Classes nearest_classes(const Matrix& centres, const Matrix& rows, const Classes& known) {
  const std::int32_t count = 1 + *std::ranges::max_element(known);
  Matrix means = Matrix::zeros(count, rows.cols());
  std::vector<double> sizes(std::size_t(count), 0);
  for (Offset v = 0; v < Offset(known.size()); ++v)
    if (const std::int32_t c = known[std::size_t(v)]; c >= 0) {
      sizes[std::size_t(c)] += 1;
      for (Offset j = 0; j < rows.cols(); ++j) means(c, j) += rows(v, j);
    }
  Classes nearest;
  for (Offset i = 0; i < centres.rows(); ++i) {
    double best = std::numeric_limits<double>::infinity();
    nearest.push_back(-1);
    for (std::int32_t c = 0; c < count; ++c) {
      if (sizes[std::size_t(c)] == 0) continue;
      double distance = 0;
      for (Offset j = 0; j < rows.cols(); ++j) {
        const double d = double(centres(i, j)) - double(means(c, j)) / sizes[std::size_t(c)];
        distance += d * d;
      }
      if (distance < best) best = distance, nearest.back() = c;
    }
  }
  return nearest;
}

Pretext make(const Dataset& data, const Options& o) {
  const int clusters = o("clusters", 200), stages = o("stages", 5);
  if (clusters < 0) throw Error(Fault::usage, "option clusters: at least 0, which lets every confident prediction in");
  if (stages < 0) throw Error(Fault::usage, "option stages: at least 0");
  const Agreed agreed = [=](const Matrix& embedding, const Classes& known, Rng rng) {
    const Features rows = unit_rows(Features(embedding.clone()));
    const Clusters found = kmeans(rows, int(std::min(Offset(clusters), embedding.rows())), 1, rng);
    const Classes of_cluster = nearest_classes(found.centres, rows.dense(), known);
    Classes each;
    for (const std::int32_t cluster : found.labels) each.push_back(of_cluster[std::size_t(cluster)]);
    return each;
  };
  return trained_in_stages("m3s", data, o, stages, clusters > 0 ? agreed : Agreed());
}

}  // namespace

Method m3s() {
  return {.id = "m3s",
          .name = "M3S",
          .make = make,
          .paper = "1902.11038",
          .presets = {{"cora", "lowlabel", {}, {61.5, 0, "M3S paper, .5 % labels"}},
                      {"citeseer", "lowlabel", {}, {56.1, 0, "M3S paper, .5 % labels"}},
                      {"cora", "lowlabel@1", {}, {67.2, 0, "M3S paper, 1 % labels"}},
                      {"citeseer", "lowlabel@1", {}, {62.1, 0, "M3S paper, 1 % labels"}}},
          .about = "self-training whose new labels must agree with clusters of the embeddings",
          .baseline = self_training};
}

}  // namespace pfm
