#include <fmt/format.h>
#include <pfm/io/entries.h>

#include <algorithm>
#include <numeric>

namespace pfm::io {
namespace {

void drop_zeros(Entries& entries) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < entries.places.size(); ++i) {
    if (entries.values[i] == 0) continue;
    entries.places[kept] = entries.places[i];
    entries.values[kept++] = entries.values[i];
  }
  entries.places.resize(kept);
  entries.values.resize(kept);
}

bool all_ones(const std::vector<Real>& values) {
  return std::ranges::all_of(values, [](Real v) { return v == 1; });
}

// Into ascending places; entries of one place keep their order.
void sort(Entries& entries) {
  if (std::ranges::is_sorted(entries.places)) return;
  std::vector<Offset> order(entries.places.size());
  std::iota(order.begin(), order.end(), Offset{0});
  std::ranges::stable_sort(order, {}, [&](Offset i) { return entries.places[i]; });
  Entries sorted{entries.rows, entries.cols, {}, {}};
  sorted.places.reserve(order.size()), sorted.values.reserve(order.size());
  for (Offset i : order) sorted.places.push_back(entries.places[i]), sorted.values.push_back(entries.values[i]);
  entries = std::move(sorted);
}

}  // namespace

bool plausible(Offset rows, std::uintmax_t file_bytes) {
  constexpr std::uintmax_t freely = std::uintmax_t{1} << 23, per_byte = 32;
  return std::uintmax_t(rows) <= freely || std::uintmax_t(rows) / per_byte <= file_bytes;
}

Sparse features_of(const std::string& name, Entries entries) {
  sort(entries);
  if (const auto twice = std::ranges::adjacent_find(entries.places); twice != entries.places.end())
    throw Error(Fault::input,
                fmt::format("{}: row {} column {} is given twice, expected once", name, twice->source, twice->target));
  drop_zeros(entries);
  std::vector<Offset> offsets(std::size_t(entries.rows) + 1);
  std::vector<NodeId> columns;
  columns.reserve(entries.places.size());
  for (const Edge& e : entries.places) ++offsets[e.source + 1], columns.push_back(e.target);
  std::partial_sum(offsets.begin(), offsets.end(), offsets.begin());
  if (all_ones(entries.values)) entries.values.clear();
  return {entries.rows, entries.cols, std::move(offsets), std::move(columns), std::move(entries.values)};
}

Graph graph_of(const std::string& name, Entries entries, const BuildRules& rules) {
  if (entries.rows != entries.cols)
    throw Error(Fault::input, fmt::format("{}: found {} x {}, expected a row and a column per node", name, entries.rows,
                                          entries.cols));
  drop_zeros(entries);
  // The sum of repeated ones is no longer 1.
  if (rules.duplicates == BuildRules::Duplicates::first && all_ones(entries.values)) entries.values.clear();
  return build_graph(NodeId(entries.rows), entries.places, entries.values, rules);
}

}  // namespace pfm::io
