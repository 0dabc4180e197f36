#include <fmt/format.h>
#include <pfm/graph/partition.h>
#include <pfm/graph/symmetrise.h>
#include <pfm/sampling/cluster_batches.h>
#include <pfm/sampling/saint.h>
#include <pfm/selfsup/method.h>

namespace pfm {
namespace {

constexpr Offset walk_length = 2;

MiniBatches clusters(const Batch& all, int parts, int together, const Rng& rng) {
  const auto seed = std::int32_t(rng.below(0, 1 << 30));
  return cluster_batches(all, partition_metis(symmetrised(all.graph), parts, seed), together);
}

// An epoch's walks go through as many nodes as there are, repetitions counted.
MiniBatches saint(const Batch& all, int parts) {
  const Offset roots = std::max<Offset>(1, all.rows() / (Offset(parts) * (walk_length + 1)));
  const SaintSampler sampler(all, {.budget = roots, .length = walk_length});
  return {parts, [=](const Rng& rng) -> std::function<Batch(Offset)> {
            return [=](Offset b) { return sampler.sample(rng.split(std::uint64_t(b))); };
          }};
}

}  // namespace

std::function<MiniBatches(const Batch&)> subgraphs_from(const Options& o) {
  const std::string sampler = o("sampler", "whole");
  const int parts = o("parts", 50), together = o("together", 5);
  if (sampler != "whole" && sampler != "cluster" && sampler != "saint")
    throw Error(Fault::usage, fmt::format("option sampler: expected whole, cluster or saint, got \"{}\"", sampler));
  if (parts < 1 || together < 1) throw Error(Fault::usage, "options parts and together: at least 1");
  if (sampler == "whole") return {};
  return [=, rng = o.rng.split("clusters")](const Batch& all) {
    if (parts > all.rows())
      throw Error(Fault::usage, fmt::format("option parts: {} nodes cannot be cut into {} parts", all.rows(), parts));
    return sampler == "cluster" ? clusters(all, parts, together, rng) : saint(all, parts);
  };
}

}  // namespace pfm
