#include <pfm/io/adjacency_list.h>
#include <pfm/io/node_ids.h>

namespace pfm::io {

Dataset read_adjacency_list(Paths paths, const ReadRules& rules) {
  const std::filesystem::path& path = paths[0];
  NodeIds ids;
  GivenEdges edges;
  for (Text text(path, Text::Comments::hash_and_percent); text.next_line();) {
    const NodeId source = ids.node(text.field("the id of a node"), text);
    while (text.more()) {
      const NodeId target = ids.node(text.field("the id of a neighbour"), text);
      const auto weight = rules.weighted ? std::optional(weight_in(text)) : std::nullopt;
      edges.add(source, target, GivenEdges::Ways::both, weight);
    }
  }
  if (ids.size() == 0) throw Error(Fault::input, path.string() + ": has no nodes, expected lines 'node neighbour..'");
  return dataset_of(path, ids, edges, rules);
}

bool is_adjacency_list(const std::filesystem::path& path) {
  if (path.filename().string().find("adjlist") == std::string::npos) return false;
  const std::string text = beginning(path);
  return !text.empty() && text.find('\0') == std::string::npos;
}

}  // namespace pfm::io
