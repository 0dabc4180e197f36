#include <fmt/format.h>
#include <pfm/io/lists.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace pfm::io {
namespace {

constexpr std::int64_t most = std::numeric_limits<NodeId>::max() - 1;

struct Rows {
  Offset rows = 0, cols = 0;
  std::vector<Real> values;
};

Matrix matrix_of(const Text& text, const Rows& read, Offset rows) {
  if (read.rows != rows) text.complain(fmt::format("the file ends after {} lines, expected {}", read.rows, rows));
  Matrix result(read.rows, read.cols);
  std::ranges::copy(read.values, result.data());
  return result;
}

// The number in a cell, NaN where there is none.
Real cell(const Text& text, std::string_view content) {
  while (!content.empty() && (content.back() == ' ' || content.back() == '\t' || content.back() == '\r'))
    content.remove_suffix(1);
  while (!content.empty() && (content.front() == ' ' || content.front() == '\t')) content.remove_prefix(1);
  if (content.empty() || content == "\"\"" || content == "nan" || content == "NaN") return std::numeric_limits<Real>::quiet_NaN();
  double value = 0;
  const auto [end, error] = std::from_chars(content.data(), content.data() + content.size(), value);
  if (error != std::errc() || end != content.data() + content.size() || !std::isfinite(Real(value)))
    text.complain(fmt::format("found '{}', expected a finite number or nothing", content.substr(0, 40)));
  return Real(value);
}

}  // namespace

std::vector<std::int32_t> read_classes(Text text) {
  std::vector<std::int32_t> labels;
  while (text.next_line()) {
    labels.push_back(std::int32_t(text.integer("a class, or -1 for none", -1, most)));
    text.end_of_line();
    if (std::int64_t(labels.size()) > most) text.complain("more items than 32-bit ids can name");
  }
  return labels;
}

std::vector<Edge> read_edges(Text text, NodeId nodes) {
  std::vector<Edge> edges;
  while (text.next_line()) {
    const auto u = NodeId(text.integer("a node", 0, nodes - 1));
    const auto v = NodeId(text.integer("a node", 0, nodes - 1));
    edges.push_back({u, v});
    text.end_of_line();
  }
  return edges;
}

std::vector<NodeId> read_items(Text text, NodeId items) {
  std::vector<NodeId> result;
  std::vector<bool> seen(items);
  while (text.next_line()) {
    const auto v = NodeId(text.integer("an item", 0, items - 1));
    if (seen[v]) text.fail("every item once");
    seen[v] = true;
    result.push_back(v);
    text.end_of_line();
  }
  return result;
}

std::vector<std::vector<NodeId>> read_folds(Text text, NodeId items) {
  std::vector<std::vector<NodeId>> folds;
  while (text.next_line()) {
    std::vector<NodeId>& fold = folds.emplace_back();
    while (text.more()) fold.push_back(NodeId(text.integer("an item", 0, items - 1)));
    std::vector<NodeId> sorted = fold;
    std::ranges::sort(sorted);
    if (const auto twice = std::ranges::adjacent_find(sorted); twice != sorted.end())
      text.complain(fmt::format("item {} stands there twice, expected once", *twice));
  }
  return folds;
}

Matrix read_rows(Text text, Offset rows) {
  Rows read;
  while (text.next_line()) {
    if (read.rows++ == rows) text.fail(fmt::format("the end of the file after {} lines", rows));
    Offset cols = 0;
    for (; text.more(); ++cols) {
      read.values.push_back(Real(text.number("a value")));
      if (!std::isfinite(read.values.back())) text.fail("a number in the range of Real");
    }
    if (read.rows == 1) read.cols = cols;
    if (cols != read.cols) text.complain(fmt::format("found {} numbers, expected {} as above", cols, read.cols));
  }
  return matrix_of(text, read, rows);
}

Matrix read_cells(Text text, Offset rows) {
  Rows read;
  while (read.rows < rows && text.next_line_or_empty()) {
    ++read.rows;
    std::string_view line = text.whole_line();
    Offset cols = 0;
    for (bool last = false; !last; ++cols) {
      const std::size_t end = std::min(line.find(','), line.size());
      last = end == line.size();
      read.values.push_back(cell(text, line.substr(0, end)));
      line.remove_prefix(last ? end : end + 1);
    }
    if (read.rows == 1) read.cols = cols;
    if (cols != read.cols) text.complain(fmt::format("found {} cells, expected {} as above", cols, read.cols));
  }
  if (text.next_line()) text.fail(fmt::format("the end of the file after {} lines", rows));
  return matrix_of(text, read, rows);
}

std::vector<std::int32_t> ranks(const std::vector<std::int64_t>& items, std::vector<std::int64_t>& values) {
  values = items;
  std::ranges::sort(values);
  values.erase(std::unique(values.begin(), values.end()), values.end());
  std::vector<std::int32_t> result;
  result.reserve(items.size());
  for (std::int64_t item : items)
    result.push_back(std::int32_t(std::ranges::lower_bound(values, item) - values.begin()));
  return result;
}

}  // namespace pfm::io
