// Of the rows of a batch those that a task asks for: in its last layer a network computes no others.
// Letters: k chosen rows, d columns.
#pragma once
#include <pfm/nn/tape.h>

#include <initializer_list>

namespace pfm::nlp {

struct ChosenRows {
  std::vector<NodeId> ids;                       // [k] ascending, each once
  Var rows;                                      // [k, d]
  Var at(std::span<const NodeId> wanted) const;  // ids of the batch, chosen ones: else a broken expectation
};

// Every row that a list names, ascending, each once.
std::vector<NodeId> rows_of_all(std::initializer_list<std::span<const NodeId>> lists);

}  // namespace pfm::nlp
