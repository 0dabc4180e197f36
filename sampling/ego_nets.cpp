#include <fmt/format.h>
#include <pfm/sampling/ego_nets.h>

namespace pfm {

EgoNets::EgoNets(Subgraphs graphs, EgoRules rules) : graphs_(std::move(graphs)), rules_(rules) {
  if (rules.hops < 0 || rules.most < 0)
    throw Error(Fault::usage, fmt::format("ego nets: hops and a number of nodes of at least 0, not {} and {}",
                                          rules.hops, rules.most));
}

Batch EgoNets::sample(std::span<const NodeId> seeds, const Rng& rng) const {
  const Sparse& into = graphs_.all().graph.incoming();
  const auto most = rules_.most == 0 ? std::size_t(graphs_.all().rows()) : std::size_t(rules_.most);
  return graphs_.around(seeds, [&](std::size_t i, SubgraphNodes& net) {
    std::size_t met = 0;  // those before have had their hop
    for (Offset hop = 0; hop < rules_.hops && met < net.size() && net.size() < most; ++hop) {
      const std::size_t end = net.size();
      for (; met < end; ++met)
        for (const NodeId u : into.columns(net[met])) net.add(u);
      net.thin_out(end, most - end, rng.split(i));
    }
  });
}

}  // namespace pfm
