// Whether two data sets hold the same, entry for entry.
#pragma once
#include <doctest/doctest.h>
#include <pfm/graph/dataset.h>

#include <algorithm>

inline bool same(const pfm::Sparse& a, const pfm::Sparse& b) {
  return a.rows() == b.rows() && a.cols() == b.cols() && std::ranges::equal(a.view().offsets, b.view().offsets) &&
         std::ranges::equal(a.view().columns, b.view().columns) && std::ranges::equal(a.view().values, b.view().values);
}

inline bool same(const pfm::Matrix& a, const pfm::Matrix& b) {
  return a.same_shape(b) && std::ranges::equal(a.values(), b.values());
}

inline bool same(const pfm::Features& a, const pfm::Features& b) {
  if (a.is_dense() != b.is_dense() || a.is_sparse() != b.is_sparse()) return false;
  if (a.is_identity()) return a.rows() == b.rows();
  return a.is_dense() ? same(a.dense(), b.dense()) : same(a.sparse(), b.sparse());
}

inline bool same(const pfm::Types& a, const pfm::Types& b) {
  return a.nodes == b.nodes && a.node_ptr == b.node_ptr && a.column_ptr == b.column_ptr &&
         std::ranges::equal(a.relations, b.relations, [](const auto& r, const auto& s) {
           return r.name == s.name && r.source == s.source && r.target == s.target && r.both_ways == s.both_ways;
         });
}

inline bool same(const std::map<std::string, pfm::Sparse>& a, const std::map<std::string, pfm::Sparse>& b) {
  return std::ranges::equal(
      a, b, [](const auto& x, const auto& y) { return x.first == y.first && same(x.second, y.second); });
}

inline bool same(const pfm::Dataset& a, const pfm::Dataset& b) {
  return same(a.all.graph.adjacency(), b.all.graph.adjacency()) && same(a.all.x, b.all.x) &&
         same(a.all.graph.edge_attributes(), b.all.graph.edge_attributes()) &&
         std::ranges::equal(a.all.graph.edge_types(), b.all.graph.edge_types()) && a.all.segments == b.all.segments &&
         a.all.samples == b.all.samples && a.targets.classes == b.targets.classes &&
         a.targets.class_names == b.targets.class_names && a.targets.pairs == b.targets.pairs &&
         same(a.types, b.types) && same(a.metapaths, b.metapaths) && same(a.positives, b.positives) &&
         same(a.targets.label_sets, b.targets.label_sets) &&
         a.splits == b.splits && a.folds == b.folds && a.names == b.names && a.texts == b.texts && a.task == b.task &&
         a.name == b.name;
}

inline std::map<std::string, const pfm::Matrix*> pointers(const std::map<std::string, pfm::Matrix>& matrices) {
  std::map<std::string, const pfm::Matrix*> result;
  for (const auto& [name, matrix] : matrices) result.emplace(name, &matrix);
  return result;
}
