// How well clusters of the rows agree with the classes; no class is seen.
#include <pfm/selfsup/cosine.h>
#include <pfm/selfsup/kmeans.h>
#include <pfm/selfsup/metrics.h>
#include <pfm/selfsup/protocols/nodes.h>
#include <pfm/selfsup/protocols/protocols.h>

namespace pfm {
namespace {

Dataset view(const Dataset& data, Rng) {
  need_classes(data);
  Dataset seen = with_classes_of(data, {});
  seen.splits.clear();
  return seen;
}

// Clusters of all rows; those without a class are clustered too, but not scored.
Scores score(const Outcome& outcome, const Dataset& data, Rng rng) {
  need_classes(data);
  const int k = data.targets.class_count();
  const Clusters clusters = kmeans(unit_rows(outcome.embedding), k, 10, rng.split("kmeans"));
  std::vector<std::int32_t> truth, found;
  for (std::size_t v = 0; v < data.targets.classes.size(); ++v)
    if (data.targets.classes[v] >= 0) truth.push_back(data.targets.classes[v]), found.push_back(clusters.labels[v]);
  const Agreement both = agreement(truth, found);
  return {{"nmi", 100 * both.nmi}, {"ari", 100 * both.ari}};
}

}  // namespace

Protocol kmeans() {
  return {"kmeans",
          "as many clusters as classes; unit rows, the best of 10 starts of k-means++ by inertia; normalised mutual "
          "information (arithmetic) and adjusted Rand index",
          Task::node,
          view,
          score,
          node_controls};
}

}  // namespace pfm
