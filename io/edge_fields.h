// Edge lists field by field: ids of any kind, columns of any meaning, errors with line and column.
#pragma once
#include <pfm/io/formats.h>
#include <pfm/io/text.h>

#include <functional>
#include <unordered_map>

namespace pfm::io {

struct EdgeFields {
  std::vector<Edge> edges;
  std::vector<Real> weights;           // [edges] or empty
  std::vector<std::int32_t> types;     // [edges] or empty
  std::vector<std::string> relations;  // names of the types
  std::vector<double> times;           // [edges] or empty
  std::vector<std::string> names;      // [N], or empty: nodes are 0 .. N-1
  NodeId nodes = 0;
};

// What the columns mean: `source`, `target`, `weight`, `type`, `time`, `-`. Names other than these, or a list without
// source and target: Error(Fault::usage).
void check_columns(const std::vector<std::string>& columns);

// The columns that a header line names (source, from, src, u, head; target, to, dst, v, tail; weight, w; type,
// relation, label; time, timestamp, date; anything else is passed over), or nothing: it is no header.
std::vector<std::string> columns_of_header(std::string_view line, char delimiter);

// Texts that may be read more than once: open(i) is at the first line of edges of text i.
struct TextSources {
  std::size_t count;
  std::function<Text(std::size_t)> open;
};

// The texts one after the other. `columns` empty: `u v` or `u v weight`, as the first line has them. Integer ids are
// numbered in their order, others as they first appear.
EdgeFields read_edge_fields(const TextSources& sources, const std::vector<std::string>& columns);

}  // namespace pfm::io
