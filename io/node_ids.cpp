#include <pfm/io/node_ids.h>

#include <algorithm>
#include <charconv>
#include <numeric>

namespace pfm::io {
namespace {

// The value of an id that reads as to_string() of a number writes it, else -1.
std::int64_t number(std::string_view id) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), value);
  const bool plain = error == std::errc() && end == id.data() + id.size() && id[0] != '-';
  return plain && (id[0] != '0' || id.size() == 1) ? value : -1;
}

}  // namespace

NodeId NodeIds::find(std::string_view id) const {
  const auto found = ids_.find(id);
  return found == ids_.end() ? -1 : found->second;
}

NodeOf NodeIds::node_of() const {
  return [this](std::string_view id) { return find(id); };
}

std::vector<NodeId> NodeIds::sort_numbers() {
  std::vector<std::int64_t> values;
  for (const std::string* name : names_) {
    values.push_back(number(*name));
    if (values.back() < 0) return {};
  }
  if (std::ranges::is_sorted(values)) return {};
  std::vector<NodeId> order(names_.size()), now(names_.size());
  std::iota(order.begin(), order.end(), NodeId{0});
  std::ranges::sort(order, {}, [&](NodeId v) { return values[v]; });
  std::vector<const std::string*> sorted;
  for (NodeId place = 0; place < size(); ++place) {
    now[order[place]] = place;
    sorted.push_back(names_[order[place]]);
    ids_.find(*sorted.back())->second = place;
  }
  names_ = std::move(sorted);
  return now;
}

std::vector<std::string> NodeIds::names() const {
  std::vector<std::string> result;
  bool counted = true;
  for (NodeId v = 0; v < size(); ++v) {
    result.push_back(name(v));
    counted = counted && number(name(v)) == v;
  }
  return counted ? std::vector<std::string>() : result;
}

Dataset dataset_of(const std::filesystem::path& path, NodeIds& ids, GivenEdges& edges, const ReadRules& rules) {
  if (const std::vector<NodeId> now = ids.sort_numbers(); !now.empty()) edges.rename(now);
  Dataset data;
  data.name = name_from(path);
  data.all.graph = edges.graph(ids.size(), rules, path.string());
  data.all.x = Features::identity(ids.size());
  data.names = ids.names();
  data.task = Task::link;
  read_labels(rules.labels, ids.size(), ids.node_of(), data);
  return data;
}

}  // namespace pfm::io
