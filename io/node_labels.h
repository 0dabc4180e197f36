// Labels of nodes in a file of their own.
#pragma once
#include <pfm/graph/dataset.h>
#include <pfm/io/text.h>

#include <functional>
#include <string_view>

namespace pfm::io {

// The node of an id as it stands in a file, -1 if there is none.
using NodeOf = std::function<NodeId(std::string_view id)>;

// Lines `node label..`. Several labels of one node anywhere make label sets, else classes; labels become class names in
// the order of their numbers, else of their bytes. A node that does not exist is refused. Sets `task` to node.
void read_node_labels(Text text, NodeId nodes, const NodeOf& node_of, Dataset& data);

// The same from communities: line k names the nodes that have label k (from 0).
void read_communities(Text text, NodeId nodes, const NodeOf& node_of, Dataset& data);

// One of the two by the ending of `path`: .cmty (or .cmty.gz) holds communities. An empty path does nothing.
void read_labels(const std::filesystem::path& path, NodeId nodes, const NodeOf& node_of, Dataset& data);

}  // namespace pfm::io
