#include <fmt/format.h>
#include <pfm/io/given_edges.h>
#include <pfm/io/matrix_market.h>
#include <pfm/io/node_labels.h>

#include <algorithm>
#include <limits>

namespace pfm::io {
namespace {

constexpr std::string_view banner = "%%matrixmarket";
constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();

// The next word of the first line, which must be one of a few.
std::string word(Text& text, const char* expected, std::initializer_list<const char*> known) {
  const std::string found = lower_case(text.field(expected));
  if (std::ranges::find(known, found) == known.end()) text.fail(expected);
  return found;
}

struct Header {
  std::string field, symmetry;
  std::int64_t nodes = 0, entries = 0;
};

Header parse_header(const std::filesystem::path& path, Text& text) {
  Header header;
  Text first(path);  // the banner looks like a comment
  if (!first.next_line() || lower_case(first.field("%%MatrixMarket")) != banner) first.fail("%%MatrixMarket");
  word(first, "matrix", {"matrix"});
  word(first, "coordinate, a sparse matrix", {"coordinate"});
  header.field = word(first, "real, integer or pattern", {"real", "integer", "pattern"});
  header.symmetry = word(first, "general, symmetric or skew-symmetric", {"general", "symmetric", "skew-symmetric"});
  if (header.field == "pattern" && header.symmetry == "skew-symmetric") first.fail("values, or another symmetry");
  first.end_of_line();
  if (!text.next_line()) text.fail("a line 'rows columns entries'");
  header.nodes = text.integer("the number of rows", 0, std::numeric_limits<NodeId>::max() - 1);
  if (text.integer("the number of columns", 0, largest) != header.nodes) text.fail("as many columns as rows");
  header.entries = text.integer("the number of entries", 0, largest);
  text.end_of_line();
  return header;
}

GivenEdges parse_entries(Text& text, const Header& header) {
  GivenEdges edges;
  const auto ways = header.symmetry == "symmetric" ? GivenEdges::Ways::both : GivenEdges::Ways::one;
  const bool skew = header.symmetry == "skew-symmetric";
  for (std::int64_t i = 0; i < header.entries; ++i) {
    if (!text.next_line()) text.complain(fmt::format("the file ends after {} entries of {}", i, header.entries));
    const auto row = NodeId(text.integer("a row", 1, header.nodes) - 1);
    const auto column = NodeId(text.integer("a column", 1, header.nodes) - 1);
    if (skew && row == column) text.fail("no entry on the diagonal of a skew-symmetric matrix");
    const auto weight = header.field == "pattern" ? std::nullopt : std::optional(weight_in(text));
    text.end_of_line();
    edges.add(row, column, ways, weight);
    if (skew) edges.add(column, row, ways, -*weight);
  }
  if (text.next_line()) text.complain("more lines than entries, expected the end of the file");
  return edges;
}

}  // namespace

Dataset read_matrix_market(Paths paths, const ReadRules& rules) {
  const std::filesystem::path& path = paths[0];
  Text text(path, Text::Comments::percent);
  const Header header = parse_header(path, text);
  const GivenEdges edges = parse_entries(text, header);
  Dataset data;
  data.name = name_from(path);
  const NodeId nodes = believable_nodes(header.nodes, edges.size(), path.string());
  data.all.graph = edges.graph(nodes, rules, path.string());
  data.all.x = Features::identity(nodes);
  data.task = Task::link;
  read_labels(rules.labels, nodes, counted_from_one(nodes), data);
  return data;
}

bool is_matrix_market(const std::filesystem::path& path) {
  return lower_case(beginning(path).substr(0, banner.size())) == banner;
}

}  // namespace pfm::io
