// Barabasi, Albert: Emergence of scaling in random networks (Science 286, 1999), in the form of Batagelj, Brandes
// (Efficient generation of large random networks, 2005, algorithm 5): with the ends of all edges in one row, ends 2i
// and 2i + 1 of edge i, the end 2i is the new node and the end 2i + 1 repeats an end drawn from [0, 2i]. Which one is a
// function of i, so an end is found by going back along the draws, on average two (Sanders, Schulz: Scalable generation
// of scale-free graphs, 2016).
#include <pfm/graph/generators/numbered.h>

namespace pfm {

EdgeBlocks barabasi_albert(NodeId nodes, NodeId degree, Rng rng) {
  expect(nodes >= 0 && degree >= 1, "barabasi_albert: a number of nodes, a degree of at least 1");
  return numbered(nodes, Offset(nodes) * degree, [=](Offset i) {
    auto end = std::uint64_t(2 * i + 1);
    while (end % 2 == 1) end = rng.below(end, end);
    return Edge{NodeId(i / degree), NodeId(Offset(end / 2) / degree)};
  });
}

}  // namespace pfm
