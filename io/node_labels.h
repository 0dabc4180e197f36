// Labels of nodes in a file of their own.
#pragma once
#include <pfm/graph/dataset.h>
#include <pfm/io/text.h>

#include <functional>
#include <string_view>
#include <unordered_map>

namespace pfm::io {

// The node of an id as it stands in a file, -1 if there is none.
using NodeOf = std::function<NodeId(std::string_view id)>;

// The nodes of files that count them 1 .. N.
NodeOf counted_from_one(NodeId nodes);

// Labels as a file gives them, one after the other.
class GivenLabels {
 public:
  void add(NodeId node, const std::string& label);  // UTF-8
  bool empty() const { return given_.empty(); }
  bool has(const std::string& label) const { return number_.contains(label); }
  std::size_t different() const { return names_.size(); }
  std::size_t size() const { return given_.size(); }
  // Several labels of one node anywhere make label sets, else classes; labels become class names in the order of their
  // numbers, else of their bytes. Sets `task` to node.
  void assign(NodeId nodes, Dataset& data) &&;

 private:
  std::vector<std::pair<NodeId, std::int32_t>> given_;
  std::vector<std::string> names_;  // as they first appear
  std::unordered_map<std::string, std::int32_t> number_;
};

// Lines `node label..`, see GivenLabels. A node that does not exist is refused. The first line is a heading and passed
// over where its first field is neither a node nor a number and none of its other fields is the label of a node in the
// lines below, of which there must be some.
void read_node_labels(Text text, NodeId nodes, const NodeOf& node_of, Dataset& data);

// The same from communities: line k names the nodes that have label k (from 0).
void read_communities(Text text, NodeId nodes, const NodeOf& node_of, Dataset& data);

// One of the two by the ending of `path`: .cmty (or .cmty.gz) holds communities. An empty path does nothing.
void read_labels(const std::filesystem::path& path, NodeId nodes, const NodeOf& node_of, Dataset& data);

}  // namespace pfm::io
