// Watts, Strogatz: Collective dynamics of small-world networks (Nature 393, 1998).
#include <pfm/graph/generators/numbered.h>

namespace pfm {

EdgeBlocks watts_strogatz(NodeId nodes, NodeId degree, double rewire, Rng rng) {
  expect(nodes >= 0 && 0 <= degree && degree < std::max(1, nodes) && degree % 2 == 0,
         "watts_strogatz: an even degree below the number of nodes");
  expect(0 <= rewire && rewire <= 1, "watts_strogatz: a probability in [0, 1]");
  const Offset half = degree / 2;
  const Rng whether = rng.split("whether"), where = rng.split("where");
  return numbered(nodes, nodes * half, [=](Offset i) {
    const Offset source = i / half, near = (source + 1 + i % half) % nodes;
    if (whether.uniform(std::uint64_t(i)) >= rewire) return Edge{NodeId(source), NodeId(near)};
    const auto other = Offset(where.below(std::uint64_t(i), std::uint64_t(nodes) - 1));
    return Edge{NodeId(source), NodeId(other + (other >= source))};
  });
}

}  // namespace pfm
