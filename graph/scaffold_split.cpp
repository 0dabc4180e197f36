#include <pfm/graph/scaffold_split.h>

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace pfm {

ScaffoldSplit scaffold_split(const std::vector<std::string>& scaffolds) {
  std::vector<std::vector<NodeId>> groups;
  std::unordered_map<std::string_view, std::size_t> group_of;
  for (std::size_t i = 0; i < scaffolds.size(); ++i) {
    const auto [found, fresh] = group_of.emplace(scaffolds[i], groups.size());
    if (fresh) groups.emplace_back();
    groups[found->second].push_back(NodeId(i));
  }
  std::ranges::sort(groups, std::greater(), [](const auto& group) { return std::pair(group.size(), group.front()); });
  const std::size_t items = scaffolds.size();
  ScaffoldSplit split;
  for (const std::vector<NodeId>& group : groups) {
    const std::size_t train = split.train.size() + group.size(), both = train + split.validation.size();
    std::vector<NodeId>& part = 10 * train <= 8 * items  ? split.train
                                : 10 * both <= 9 * items ? split.validation
                                                         : split.test;
    part.insert(part.end(), group.begin(), group.end());
  }
  return split;
}

}  // namespace pfm
