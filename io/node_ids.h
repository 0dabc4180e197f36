// Nodes by the ids that a file calls them.
#pragma once
#include <fmt/format.h>
#include <pfm/io/given_edges.h>
#include <pfm/io/node_labels.h>

#include <limits>
#include <unordered_map>

namespace pfm::io {

class NodeIds {
 public:
  // The node of an id, a new one at its first mention. `where` complains of an id that is not UTF-8 or one too many.
  template <class Where>
  NodeId node(std::string_view id, const Where& where) {
    if (const auto found = ids_.find(id); found != ids_.end()) return found->second;
    if (!is_utf8(id)) where.complain("the id of a node is not UTF-8");
    if (names_.size() >= most_nodes) where.complain("more nodes than 32-bit ids can name");
    const auto placed = ids_.emplace(std::string(id), NodeId(names_.size())).first;
    names_.push_back(&placed->first);
    return placed->second;
  }
  NodeId find(std::string_view id) const;  // -1 if there is none
  NodeId size() const { return NodeId(names_.size()); }
  const std::string& name(NodeId v) const { return *names_[v]; }

  // Ids that all are whole numbers, written without sign and leading zeros, put the nodes in ascending order; 0 .. N-1
  // are then no names. The answer is what each node becomes, empty if nothing changes.
  std::vector<NodeId> sort_numbers();
  std::vector<std::string> names() const;  // [N], or none if they are 0 .. N-1
  NodeOf node_of() const;                  // while this lives

 private:
  static constexpr std::size_t most_nodes = std::numeric_limits<NodeId>::max() - 1;
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  std::unordered_map<std::string, NodeId, Hash, std::equal_to<>> ids_;
  std::vector<const std::string*> names_;  // in the order of the nodes
};

// The data set of such nodes and edges: nodes in the order of sort_numbers(), the graph and the labels as `rules` say.
Dataset dataset_of(const std::filesystem::path& path, NodeIds& ids, GivenEdges& edges, const ReadRules& rules);

}  // namespace pfm::io
