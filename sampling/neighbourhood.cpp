#include <fmt/format.h>
#include <pfm/graph/entries.h>
#include <pfm/graph/relabelling.h>
#include <pfm/kernels/arenas.h>
#include <pfm/sampling/column_order.h>
#include <pfm/sampling/edge_checks.h>
#include <pfm/sampling/edge_choice.h>
#include <pfm/sampling/labor.h>
#include <pfm/sampling/neighbourhood.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace pfm {
namespace {

// Nodes pass in groups through five steps: ask for their rows, draw, choose entries, read the sources of these, append.
// Each step asks for the memory that the next one reads, and other groups' steps compute until it is there. Larger
// groups ask for more lines at once than a core keeps under way.
constexpr std::size_t group_size = 8;
constexpr std::size_t groups_under_way = 4;

using Draw = NeighbourRules::Draw;

void check_words(const NeighbourRules& r) {
  auto refuse = [](const std::string& text) { throw Error(Fault::usage, "neighbours: " + text); };
  auto check_fanouts = [&](const std::vector<Offset>& fanouts) {
    if (fanouts.empty()) refuse("expected a fan-out per hop, got none");
    for (const Offset f : fanouts)
      if (f < 1) refuse(fmt::format("expected fan-outs of at least 1, got {}", f));
  };
  if (r.of_type.empty()) check_fanouts(r.fanouts);
  if (!r.of_type.empty() && !r.fanouts.empty()) refuse("fan-outs for all edges or for each type, not both");
  for (const auto& [type, fanouts] : r.of_type) {
    check_fanouts(fanouts);
    if (fanouts.size() != r.of_type.begin()->second.size())
      refuse("expected the same number of hops for all edge types");
  }
  if (r.draw == Draw::labor && r.weighted) refuse("LABOR-0 does not look at weights");
}

}  // namespace

void check_rules(const Graph& graph, const NeighbourRules& r) {
  check_words(r);
  if (r.weighted) check_edge_weights(graph.adjacency(), "neighbours");
  for (const auto& [type, fanouts] : r.of_type) check_edge_type(graph, type, "neighbours");
}

namespace {

// The edges of one type, or all.
struct Relation {
  EdgeChoice choice;
  std::vector<Offset> fanouts;  // a hop each
  std::vector<Offset> entries;  // of the graph's incoming() that are its own; empty = all
};

Relation relation_of(const Graph& graph, std::int32_t type, const std::vector<Offset>& fanouts, EdgeChoice::How how) {
  const auto order = graph.adjacency().transpose_order();
  std::vector<Offset> entries;
  for (std::size_t e = 0; e < order.size(); ++e)
    if (graph.edge_types()[std::size_t(order[e])] == type) entries.push_back(Offset(e));
  return {EdgeChoice(with_entries(graph.incoming(), entries), how), fanouts, std::move(entries)};
}

std::vector<Relation> relations_of(const Graph& graph, const NeighbourRules& r) {
  const EdgeChoice::How how{r.weighted, r.draw == Draw::repeated};
  std::vector<Relation> relations;
  if (r.of_type.empty()) relations.push_back({EdgeChoice(graph.incoming(), how), r.fanouts, {}});
  for (const auto& [type, fanouts] : r.of_type) relations.push_back(relation_of(graph, type, fanouts, how));
  return relations;
}

// What a group of nodes chose of one relation.
struct Reached {
  ChosenEdges chosen;
  EdgeChoiceWork work;
};

// One thread's memory, kept from batch to batch.
struct Arena {
  Relabelling rows;
  std::array<std::vector<Reached>, groups_under_way> reached;  // of each relation
  std::vector<NodeId> columns;                                 // of a row, in the order they were chosen
  std::vector<Offset> entries;                                 // theirs
  ColumnOrder order;                                           // of these columns
};

// A batch while it grows: rows of incoming edges.
struct Growth {
  std::vector<NodeId> nodes;  // of all rows so far
  std::vector<Offset> offsets{0};
  std::vector<NodeId> columns;
  std::vector<Offset> entries;  // of the graph's incoming(), where they are needed
};

}  // namespace

struct NeighbourSampler::State {
  Batch all;
  NeighbourRules rules;
  std::vector<Relation> relations;
  bool keeps_entries;  // the batch takes something else along from them
  Arenas<Arena> arenas;

  State(Batch rows, NeighbourRules how);
  Batch sample(std::span<const NodeId> seeds, const Rng& rng, Arena& arena) const;
  void expand(std::size_t first, std::size_t last, std::size_t hop, const Rng& rng, Arena& arena, Growth& growth) const;
  void choose(std::span<const NodeId> nodes, std::uint64_t first, std::size_t hop, std::span<const Rng> rngs,
              std::vector<Reached>& reached) const;
  void read_sources(std::vector<Reached>& reached, Relabelling& rows) const;
  void append_row(std::size_t i, const std::vector<Reached>& reached, Arena& arena, Growth& growth) const;
  Graph graph_of(Growth growth) const;
};

NeighbourSampler::State::State(Batch rows, NeighbourRules how) : all(std::move(rows)), rules(std::move(how)) {
  check_rules(all.graph, rules);
  relations = relations_of(all.graph, rules);
  const Graph& graph = all.graph;
  keeps_entries = (graph.adjacency().weighted() && !rules.weighted) || !graph.edge_types().empty() ||
                  !graph.edge_attributes().empty();
}

void NeighbourSampler::State::choose(std::span<const NodeId> nodes, std::uint64_t first, std::size_t hop,
                                     std::span<const Rng> rngs, std::vector<Reached>& reached) const {
  for (std::size_t r = 0; r < relations.size(); ++r) {
    const auto& [choice, fanouts, entries] = relations[r];
    ChosenEdges& chosen = reached[r].chosen;
    chosen.clear();
    if (rules.draw == Draw::labor)
      choose_labor(choice.rows(), nodes, fanouts[hop], rngs.front(), chosen);
    else
      choice.choose(nodes, first, fanouts[hop], rngs[r + 1], reached[r].work, chosen);
  }
}

void NeighbourSampler::State::read_sources(std::vector<Reached>& reached, Relabelling& rows) const {
  for (std::size_t r = 0; r < relations.size(); ++r) {
    relations[r].choice.read(reached[r].chosen);
    for (const NodeId source : reached[r].chosen.sources) rows.expect(source);
  }
}

// What the i-th node of a group has chosen of each relation, as the next row.
void NeighbourSampler::State::append_row(std::size_t i, const std::vector<Reached>& reached, Arena& arena,
                                         Growth& growth) const {
  std::size_t count = 0;
  arena.entries.clear();
  for (std::size_t r = 0; r < relations.size(); ++r) {
    const ChosenEdges& chosen = reached[r].chosen;
    const auto begin = std::size_t(i == 0 ? 0 : chosen.ends[i - 1]), end = std::size_t(chosen.ends[i]);
    std::size_t next = growth.nodes.size();
    growth.nodes.resize(next + (end - begin));
    if (arena.columns.size() < count + (end - begin) + ColumnOrder::padding)
      arena.columns.resize(2 * (count + (end - begin)) + ColumnOrder::padding);
    NodeId* nodes = growth.nodes.data();
    for (std::size_t e = begin; e < end; ++e) {
      const NodeId row = arena.rows.number(chosen.sources[e], NodeId(next));
      nodes[next] = chosen.sources[e];  // stays there the first time
      next += row == NodeId(next);
      arena.columns[count++] = row;
    }
    growth.nodes.resize(next);
    if (!keeps_entries) continue;
    const auto& of_graph = relations[r].entries;
    for (std::size_t e = begin; e < end; ++e)
      arena.entries.push_back(of_graph.empty() ? chosen.entries[e] : of_graph[std::size_t(chosen.entries[e])]);
  }
  if (count > 0) arena.order.of(arena.columns.data(), count);
  const std::size_t before = growth.columns.size();
  growth.columns.resize(before + count);
  for (std::size_t e = 0; e < count; ++e) growth.columns[before + arena.order[e]] = arena.columns[e];
  growth.entries.resize(growth.entries.size() + arena.entries.size());
  for (std::size_t e = 0; e < arena.entries.size(); ++e) growth.entries[before + arena.order[e]] = arena.entries[e];
  growth.offsets.push_back(Offset(growth.columns.size()));
}

// Rows [first, last) choose, group by group: choose entries, read their sources, give these their rows.
void NeighbourSampler::State::expand(std::size_t first, std::size_t last, std::size_t hop, const Rng& rng, Arena& arena,
                                     Growth& growth) const {
  std::vector<Rng> rngs{rng};  // of the hop, then of each relation in it
  for (std::size_t r = 0; r < relations.size(); ++r) rngs.push_back(rng.split(r));
  const std::size_t groups = (last - first + group_size - 1) / group_size;
  auto group = [&](std::size_t g) {
    const std::size_t begin = std::min(first + g * group_size, last);
    return std::span<const NodeId>(growth.nodes).subspan(begin, std::min(group_size, last - begin));
  };
  auto reached = [&](std::size_t g) -> std::vector<Reached>& { return arena.reached[g % groups_under_way]; };
  for (auto& of_group : arena.reached) of_group.resize(relations.size());
  for (std::size_t g = 0; g < groups + 3; ++g) {
    for (std::size_t r = 0; r < relations.size(); ++r) {
      const auto& [choice, fanouts, entries] = relations[r];
      for (const NodeId u : group(g + 1)) choice.expect_row(u);
      if (rules.draw != Draw::labor)
        choice.look(group(g), first + g * group_size, fanouts[hop], rngs[r + 1], reached(g)[r].work);
    }
    if (g >= 1) choose(group(g - 1), first + (g - 1) * group_size, hop, rngs, reached(g - 1));
    if (g >= 2) read_sources(reached(g - 2), arena.rows);
    if (g < 3) continue;
    for (std::size_t i = 0, count = group(g - 3).size(); i < count; ++i) append_row(i, reached(g - 3), arena, growth);
  }
}

Graph NeighbourSampler::State::graph_of(Growth growth) const {
  const auto rows = Offset(growth.nodes.size());
  growth.offsets.resize(std::size_t(rows) + 1, Offset(growth.columns.size()));
  const Sparse& into = all.graph.incoming();
  std::vector<Real> values;
  if (into.weighted() && !rules.weighted)
    for (const Offset e : growth.entries) values.push_back(into.view().values[std::size_t(e)]);
  const Sparse incoming(rows, rows, std::move(growth.offsets), std::move(growth.columns), std::move(values));
  const auto from = all.graph.edge_types();
  const Matrix& rows_of_attributes = all.graph.edge_attributes();
  if (from.empty() && rows_of_attributes.empty()) return Graph::from_incoming(incoming);
  const auto in_all = all.graph.adjacency().transpose_order();
  std::vector<std::int32_t> types;
  Matrix attributes(rows_of_attributes.empty() ? 0 : incoming.nonzeros(), rows_of_attributes.cols());
  Offset k = 0;
  for (const Offset entry : incoming.transpose_order()) {
    const Offset e = in_all[std::size_t(growth.entries[std::size_t(entry)])];
    if (!from.empty()) types.push_back(from[std::size_t(e)]);
    if (!attributes.empty()) std::ranges::copy(rows_of_attributes.row(e), attributes.row(k).begin());
    ++k;
  }
  return Graph::from_incoming(incoming, std::move(attributes), std::move(types));
}

Batch NeighbourSampler::State::sample(std::span<const NodeId> seeds, const Rng& rng, Arena& arena) const {
  arena.rows.begin(all.rows());
  Growth growth;
  for (const NodeId seed : seeds) {
    expect(0 <= seed && seed < all.rows(), "NeighbourSampler: seeds are nodes");
    expect(arena.rows.number(seed, NodeId(growth.nodes.size())) == NodeId(growth.nodes.size()),
           "NeighbourSampler: seeds are different");
    growth.nodes.push_back(seed);
  }
  Batch batch;
  batch.hops = {Offset(seeds.size())};
  std::size_t row = 0;
  for (std::size_t hop = 0; hop < relations.front().fanouts.size(); ++hop) {
    const std::size_t last = growth.nodes.size();
    expand(std::exchange(row, last), last, hop, rng.split(hop), arena, growth);
    batch.hops.push_back(Offset(growth.nodes.size()));
  }
  batch.ids = growth.nodes;
  batch.graph = graph_of(std::move(growth));
  batch.x = all.x.gather(batch.ids);
  if (!all.ids.empty())
    for (NodeId& id : batch.ids) id = all.ids[std::size_t(id)];
  return batch;
}

NeighbourSampler::NeighbourSampler(Batch all, NeighbourRules rules)
    : state_(std::make_shared<State>(std::move(all), std::move(rules))) {}

Offset NeighbourSampler::hops() const { return Offset(state_->relations.front().fanouts.size()); }

Batch NeighbourSampler::sample(std::span<const NodeId> seeds, const Rng& rng) const {
  Batch batch;
  state_->arenas.with([&](Arena& arena) { batch = state_->sample(seeds, rng, arena); });
  return batch;
}

}  // namespace pfm
