#include <pfm/graph/induced_edges.h>
#include <pfm/kernels/arenas.h>
#include <pfm/kernels/parallel.h>
#include <pfm/sampling/subgraphs.h>

#include <algorithm>

namespace pfm {

SubgraphNodes::SubgraphNodes(Relabelling& numbers, NodeId nodes, NodeId seed) : numbers_(numbers), all_(nodes) {
  numbers_.begin(all_);
  add(seed);
}

void SubgraphNodes::thin_out(std::size_t from, std::size_t count, const Rng& rng) {
  const auto more = NodeId(nodes_.size() - from);
  if (std::size_t(more) <= count) return;
  std::vector<NodeId> places = sample_without(more, NodeId(count), rng);
  std::ranges::sort(places);
  for (std::size_t i = 0; i < count; ++i) nodes_[from + i] = nodes_[from + std::size_t(places[i])];
  nodes_.resize(from + count);
  numbers_.begin(all_);
  for (std::size_t i = 0; i < nodes_.size(); ++i) numbers_.number(nodes_[i], NodeId(i));
}

namespace {

constexpr Offset a_task = 16;  // subgraphs

// Some subgraphs after each other, rows counted from the first one's.
struct Block {
  std::vector<NodeId> nodes;
  std::vector<Offset> ends;  // of each subgraph
  InducedEdges edges;
};

template <class T>
void append(std::vector<T>& all, const std::vector<T>& part) {
  all.insert(all.end(), part.begin(), part.end());
}

Block joined(const std::vector<Block>& blocks) {
  std::size_t rows = 0, entries = 0;
  for (const Block& b : blocks) rows += b.nodes.size(), entries += b.edges.entries.size();
  Block all;
  all.nodes.reserve(rows), all.edges.offsets.reserve(rows + 1);
  all.edges.columns.reserve(entries), all.edges.entries.reserve(entries);
  for (const Block& b : blocks) {
    const auto before = Offset(all.nodes.size()), first = all.edges.offsets.back();
    for (const Offset end : b.ends) all.ends.push_back(before + end);
    for (const NodeId column : b.edges.columns) all.edges.columns.push_back(NodeId(before) + column);
    for (std::size_t i = 1; i < b.edges.offsets.size(); ++i) all.edges.offsets.push_back(first + b.edges.offsets[i]);
    append(all.nodes, b.nodes), append(all.edges.entries, b.edges.entries);
  }
  return all;
}

}  // namespace

struct Subgraphs::State {
  Batch all;
  Arenas<Relabelling> arenas;
};

Subgraphs::Subgraphs(Batch all) : state_(std::make_shared<State>()) { state_->all = std::move(all); }

const Batch& Subgraphs::all() const { return state_->all; }

Batch Subgraphs::around(std::span<const NodeId> seeds,
                        const std::function<void(std::size_t, SubgraphNodes&)>& collect) const {
  const Batch& all = state_->all;
  for (const NodeId v : seeds) expect(0 <= v && v < all.rows(), "Subgraphs: seeds are nodes");
  std::vector<Block> blocks((seeds.size() + std::size_t(a_task) - 1) / std::size_t(a_task));
  parallel_for(Offset(seeds.size()), a_task, [&](Offset begin, Offset end) {
    Block& block = blocks[std::size_t(begin / a_task)];
    state_->arenas.with([&](Relabelling& numbers) {
      for (auto i = std::size_t(begin); i < std::size_t(end); ++i) {
        SubgraphNodes nodes(numbers, all.rows(), seeds[i]);
        collect(i, nodes);
        append_induced(all.graph.adjacency(), nodes.from(0), numbers, NodeId(block.nodes.size()), block.edges);
        block.nodes.insert(block.nodes.end(), nodes.from(0).begin(), nodes.from(0).end());
        block.ends.push_back(Offset(block.nodes.size()));
      }
    });
  });
  Block joint = joined(blocks);
  auto id = [&](NodeId v) { return all.ids.empty() ? v : all.ids[std::size_t(v)]; };
  Batch batch;
  batch.graph = graph_of(all.graph, std::move(joint.edges));
  batch.x = all.x.gather(joint.nodes);
  batch.segments = {0};
  append(batch.segments, joint.ends);
  for (const NodeId seed : seeds) batch.samples.push_back(id(seed));
  batch.ids = std::move(joint.nodes);
  for (NodeId& v : batch.ids) v = id(v);
  return batch;
}

}  // namespace pfm
