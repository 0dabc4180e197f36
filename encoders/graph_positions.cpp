#include <fmt/format.h>
#include <pfm/encoders/graph_positions.h>
#include <pfm/encoders/readout.h>
#include <pfm/graph/laplacian.h>
#include <pfm/graph/symmetrise.h>
#include <pfm/graph/walk_returns.h>
#include <pfm/kernels/parallel.h>

#include <algorithm>

namespace pfm {
namespace {

constexpr Offset most_nodes = 2048;  // of a sample whose pairs are written down

Graph undirected(const Graph& graph) { return graph.undirected() ? graph : symmetrised(graph); }

Matrix laplacian_positions(const Batch& where, int width) {
  const std::vector<Offset> segments = segments_of(where);
  Matrix out = Matrix::zeros(where.rows(), width);
  for (std::size_t g = 0; g + 1 < segments.size(); ++g) {
    const Offset first = segments[g], rows = segments[g + 1] - first;
    if (rows < 2) continue;
    const NodeId sample = NodeId(g);
    const Graph graph = segments.size() == 2 ? where.graph : chosen_samples(where, std::span(&sample, 1)).graph;
    const Spectrum spectrum = laplacian_spectrum(undirected(graph), NodeId(std::min<Offset>(rows, width + 1)));
    for (Offset i = 0; i < rows; ++i)
      for (Offset j = 1; j < spectrum.vectors.cols(); ++j) out(first + i, j - 1) = spectrum.vectors(i, j);
  }
  return out;
}

// Breadth first from node i of a sample that starts at `first`; ids [rows] hold limit + 1 before.
void steps_from(const Graph& graph, Offset first, Offset i, int limit, std::span<NodeId> ids,
                std::vector<NodeId>& queue) {
  queue.assign(1, NodeId(i));
  ids[std::size_t(i)] = 0;
  for (std::size_t next = 0; next < queue.size(); ++next) {
    const NodeId steps = ids[std::size_t(queue[next])];
    if (steps == limit) return;
    for (const NodeId v : graph.adjacency().columns(first + queue[next])) {
      NodeId& known = ids[std::size_t(v - first)];
      if (known <= limit) continue;
      known = NodeId(steps + 1);
      queue.push_back(NodeId(v - first));
    }
  }
}

}  // namespace

Matrix graph_positions(const Batch& where, const std::string& kind, int width) {
  if (kind == "none") return Matrix(where.rows(), 0);
  if (kind == "walks") return walk_returns(undirected(where.graph), width);
  if (kind == "laplacian") return laplacian_positions(where, width);
  throw Error(Fault::usage, fmt::format("positions: expected none, walks or laplacian, got \"{}\"", kind));
}

void turn_signs(Matrix& positions, const Batch& where, Rng rng) {
  const std::vector<Offset> segments = segments_of(where);
  for (std::size_t g = 0; g + 1 < segments.size(); ++g)
    for (Offset j = 0; j < positions.cols(); ++j)
      if (rng.split(g).bits(std::uint64_t(j)) & 1)
        for (Offset i = segments[g]; i < segments[g + 1]; ++i) positions(i, j) = -positions(i, j);
}

PairIds distance_pairs(const Batch& where, int limit) {
  const std::vector<Offset> segments = segments_of(where);
  PairIds pairs = single_pairs(segments, segments);
  for (std::size_t g = 0; g + 1 < segments.size(); ++g)
    if (segments[g + 1] - segments[g] > most_nodes)
      throw Error(Fault::input,
                  fmt::format("distances between all nodes of a sample: expected at most {} nodes, got {}; "
                              "set distances=0",
                              most_nodes, segments[g + 1] - segments[g]));
  pairs.ids.assign(std::size_t(pair_count(segments, segments)), NodeId(limit + 1));
  parallel_for(Offset(segments.size()) - 1, 1, [&](Offset begin, Offset end) {
    std::vector<NodeId> queue;
    for (Offset g = begin; g < end; ++g) {
      const Offset first = segments[std::size_t(g)], rows = segments[std::size_t(g) + 1] - first;
      for (Offset i = 0; i < rows; ++i)
        steps_from(
            where.graph, first, i, limit,
            std::span(pairs.ids).subspan(std::size_t(pairs.blocks[std::size_t(g)].start + i * rows), std::size_t(rows)),
            queue);
    }
  });
  return pairs;
}

}  // namespace pfm
