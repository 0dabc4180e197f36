// A data set as a value: what a file holds and what a protocol may hide.
#pragma once
#include <pfm/graph/batch.h>

#include <map>
#include <string>

namespace pfm {

enum class Task { none, node, link, graph };

// What is to be predicted, per node or per graph: one class each, or sets of labels, or real values (NaN = missing).
struct Targets {
  std::vector<std::int32_t> classes;     // [items], -1 = unlabelled; empty = none
  Sparse label_sets;                     // [items, labels], entries 1; 0 rows = none
  std::shared_ptr<const Matrix> reals;   // [items, tasks]; null = none
  std::vector<std::string> class_names;  // may be empty
  std::int32_t class_count() const;      // 1 + highest class
};

struct Dataset {
  std::string name;
  Batch all;
  Targets targets;
  std::map<std::string, std::vector<NodeId>> splits;  // "train", "validation", "test": items
  std::vector<std::vector<NodeId>> folds;             // test items of each fold
  std::vector<std::string> names;                     // [N] of the nodes; may be empty
  std::vector<std::string> texts;                     // [N], UTF-8; may be empty
  Task task = Task::none;
  NodeId nodes() const { return all.graph.nodes(); }
  Offset graphs() const { return all.segments.empty() ? 1 : Offset(all.segments.size()) - 1; }
};

}  // namespace pfm
