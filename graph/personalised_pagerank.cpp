#include <pfm/graph/personalised_pagerank.h>
#include <pfm/graph/relabelling.h>
#include <pfm/kernels/arenas.h>
#include <pfm/kernels/parallel.h>

#include <algorithm>

namespace pfm {
namespace {

struct Entry {
  NodeId node;
  double value;
};

struct State {
  double ended = 0, waits = 0;
  bool queued = false;
};

// What a source has reached: states by the numbers in which nodes were met.
struct Reached {
  Relabelling numbers;
  std::vector<NodeId> nodes, queue;
  std::vector<State> states;

  void begin(NodeId all) { numbers.begin(all), nodes.clear(), queue.clear(), states.clear(); }
  State& operator[](NodeId v) {
    const NodeId number = numbers.number(v, NodeId(nodes.size()));
    if (number == NodeId(nodes.size())) nodes.push_back(v), states.emplace_back();
    return states[std::size_t(number)];
  }
};

// The queue is first in, first out: one order of pushes, whatever the threads do.
std::vector<Entry> pushed(const Sparse& a, NodeId source, const Push& how, Reached& reached) {
  std::vector<NodeId>& queue = reached.queue;
  reached.begin(NodeId(a.rows()));
  reached[source] = {0, 1, true};
  queue.push_back(source);
  for (std::size_t first = 0; first < queue.size(); ++first) {
    const NodeId u = queue[first];
    State& here = reached[u];
    here.queued = false;
    const double waits = std::exchange(here.waits, 0);
    const auto targets = a.columns(u);
    if (targets.empty()) {
      here.ended += waits;
      continue;
    }
    here.ended += how.alpha * waits;
    const double share = (1 - how.alpha) * waits / double(targets.size());
    for (const NodeId v : targets) {
      State& there = reached[v];
      there.waits += share;
      if (there.queued || there.waits < how.epsilon * double(std::max<std::size_t>(1, a.columns(v).size()))) continue;
      there.queued = true;
      queue.push_back(v);
    }
  }
  std::vector<Entry> row;
  for (std::size_t i = 0; i < reached.nodes.size(); ++i)
    if (reached.states[i].ended > 0) row.push_back({reached.nodes[i], reached.states[i].ended});
  std::ranges::sort(row, {}, &Entry::node);
  return row;
}

void keep_largest(std::vector<Entry>& row, NodeId most) {
  if (most == 0 || row.size() <= std::size_t(most)) return;
  std::ranges::stable_sort(row, std::greater(), &Entry::value);
  row.resize(std::size_t(most));
  std::ranges::sort(row, {}, &Entry::node);
}

}  // namespace

Sparse personalised_pagerank(const Graph& graph, std::span<const NodeId> sources, const Push& how) {
  expect(0 < how.alpha && how.alpha <= 1 && how.epsilon > 0 && how.most >= 0,
         "personalised_pagerank: alpha in (0, 1], a positive epsilon");
  for (const NodeId v : sources) expect(0 <= v && v < graph.nodes(), "personalised_pagerank: sources in range");
  std::vector<std::vector<Entry>> rows(sources.size());
  Arenas<Reached> arenas;
  parallel_for(Offset(sources.size()), 16, [&](Offset begin, Offset end) {
    arenas.with([&](Reached& reached) {
      for (Offset i = begin; i < end; ++i) {
        rows[i] = pushed(graph.adjacency(), sources[i], how, reached);
        keep_largest(rows[i], how.most);
      }
    });
  });
  std::vector<Offset> offsets{0};
  for (const auto& row : rows) offsets.push_back(offsets.back() + Offset(row.size()));
  std::vector<NodeId> columns;
  std::vector<Real> values;
  columns.reserve(std::size_t(offsets.back())), values.reserve(std::size_t(offsets.back()));
  for (const auto& row : rows)
    for (const Entry& e : row) columns.push_back(e.node), values.push_back(Real(e.value));
  return {Offset(sources.size()), graph.nodes(), std::move(offsets), std::move(columns), std::move(values)};
}

}  // namespace pfm
