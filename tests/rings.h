// Small data sets that methods are tried on.
#pragma once
#include <pfm/graph/build.h>
#include <pfm/graph/metapath.h>
#include <pfm/kernels/random.h>

namespace pfm {

// Two rings joined by one edge; features tell the rings apart with some noise.
inline Dataset two_rings() {
  constexpr NodeId half = 20, nodes = 2 * half;
  std::vector<Edge> edges{{0, half}};
  for (NodeId i = 0; i < half; ++i)
    for (NodeId first : {0, half}) edges.push_back({NodeId(first + i), NodeId(first + (i + 1) % half)});
  Matrix x(nodes, 8);
  for (NodeId i = 0; i < nodes; ++i)
    for (int j = 0; j < 8; ++j) x(i, j) = Real((j < 4) == (i < half)) + Real(Rng(7).uniform(std::uint64_t(8 * i + j)));
  Dataset data;
  data.name = "two rings";
  data.all.graph = build_graph(nodes, edges);
  data.all.x = Features(std::move(x));
  for (NodeId i = 0; i < nodes; ++i) {
    data.targets.classes.push_back(i >= half);
    data.splits[i % 4 == 0 ? "train" : i % 4 == 1 ? "validation" : "test"].push_back(i);
  }
  data.task = Task::node;
  return data;
}

// The same rings, a kind of nodes beside them that joins neighbours on a ring and one that joins the ends of both.
inline Dataset two_rings_with_types() {
  Dataset data = two_rings();
  constexpr NodeId items = 40, pairs = 20, colours = 4;
  data.types = {.nodes = {"item", "pair", "colour"},
                .node_ptr = {0, items, items + pairs, items + pairs + colours},
                .column_ptr = {0, 8, 8, 8},
                .relations = {{"in", 0, 1, true}, {"has", 0, 2, true}}};
  std::vector<TypedEdge> edges;
  for (NodeId i = 0; i < items; ++i) {
    edges.push_back({i, NodeId(items + i / 2), 0});
    edges.push_back({i, NodeId(items + (i % 20 == 0 ? (i + 18) / 2 : (i - 1) / 2)), 0});
    edges.push_back({i, NodeId(items + pairs + i / 10), 1});
  }
  data.all.graph = build_relations(data.types, std::move(edges));
  const Sparse x = data.all.x.as_sparse();
  std::vector<Offset> offsets(x.view().offsets.begin(), x.view().offsets.end());
  offsets.resize(std::size_t(data.types.node_ptr.back()) + 1, x.nonzeros());
  data.all.x =
      Sparse(data.types.node_ptr.back(), 8, std::move(offsets), {x.view().columns.begin(), x.view().columns.end()},
             {x.view().values.begin(), x.view().values.end()});
  for (std::int32_t r : {0, 1}) {
    const PathStep there_and_back[] = {{r, false}, {r, true}};
    data.metapaths[data.types.relations[std::size_t(r)].name] = metapath(data.all.graph, data.types, there_and_back);
  }
  data.positives = data.metapaths.at("in");
  for (const char* count : {"_20", "_40", "_60"})
    for (const char* part : {"train", "validation", "test"})
      data.splits[std::string(part) + count] = data.splits.at(part);
  return data;
}

}  // namespace pfm
