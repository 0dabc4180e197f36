// A data set as a value: what a file holds and what a protocol may hide.
#pragma once
#include <pfm/graph/batch.h>

#include <map>
#include <string>

namespace pfm {

enum class Task { none, node, link, graph };

// Kinds of nodes and edges; all empty = one kind of each. Nodes of one type are consecutive, and those of the first
// type are the items: what targets and splits speak of.
struct Types {
  struct Relation {
    std::string name;
    std::int32_t source = 0, target = 0;  // node types
    bool both_ways = false;               // every edge is also stored from its target, under the same edge type
  };
  std::vector<std::string> nodes;   // [T]
  std::vector<NodeId> node_ptr;     // [T + 1]: nodes [node_ptr[t], node_ptr[t + 1]) are of type t
  std::vector<Offset> column_ptr;   // [T + 1]: the columns of the features that belong to type t; empty = no features
  std::vector<Relation> relations;  // [R]: an edge of the graph's type r is of relations[r]
  bool empty() const { return nodes.empty(); }
};

// A fact of a knowledge graph: source stands in relation to target.
struct Triple {
  NodeId source;
  std::int32_t relation;
  NodeId target;
  friend auto operator<=>(const Triple&, const Triple&) = default;
};

// What is to be predicted, per node or per graph: one class each, or sets of labels, or real values (NaN = missing);
// or facts, which then are the items.
struct Targets {
  std::vector<std::int32_t> classes;     // [items], -1 = unlabelled; empty = none
  Sparse label_sets;                     // [items, labels], entries 1; 0 rows = none
  std::shared_ptr<const Matrix> reals;   // [items, tasks]; null = none
  std::vector<Triple> pairs;             // all facts, those the graph does not hold among them; empty = none
  std::vector<std::string> class_names;  // may be empty
  std::int32_t class_count() const;      // 1 + highest class
};

// Classes as sets of one label; -1 is an empty set.  [items] -> [items, count]
Sparse one_label_each(std::span<const std::int32_t> classes, std::int32_t count);

struct Dataset {
  std::string name;
  Batch all;
  Targets targets;
  std::map<std::string, std::vector<NodeId>> splits;  // "train", "validation", "test": items
  std::vector<std::vector<NodeId>> folds;             // test items of each fold
  Types types;
  std::map<std::string, Sparse> metapaths;  // [items, items] each: which items a path of types joins
  Sparse positives;                // [items, items]: pairs that a contrast should not push apart; 0 rows = none
  std::vector<std::string> names;  // [N] of the nodes; may be empty
  std::vector<std::string> texts;  // UTF-8, [N] of the nodes or [G] of the graphs; may be empty
  Task task = Task::none;
  NodeId nodes() const { return all.graph.nodes(); }
  Offset graphs() const { return all.segments.empty() ? 1 : Offset(all.segments.size()) - 1; }
  Offset items() const;  // facts where there are some, else graphs, else nodes of the first type
};

}  // namespace pfm
