#include <pfm/nlp/chosen_rows.h>
#include <pfm/nn/shape.h>

#include <algorithm>

namespace pfm::nlp {

Var ChosenRows::at(std::span<const NodeId> wanted) const {
  std::vector<NodeId> places;
  places.reserve(wanted.size());
  for (const NodeId id : wanted) {
    const auto found = std::ranges::lower_bound(ids, id);
    expect(found != ids.end() && *found == id, "ChosenRows: rows that were chosen");
    places.push_back(NodeId(found - ids.begin()));
  }
  return gather_rows(rows, places);
}

std::vector<NodeId> rows_of_all(std::initializer_list<std::span<const NodeId>> lists) {
  std::vector<NodeId> all;
  for (const auto list : lists) all.insert(all.end(), list.begin(), list.end());
  std::ranges::sort(all);
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

}  // namespace pfm::nlp
