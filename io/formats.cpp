#include <fmt/format.h>
#include <pfm/io/check.h>
#include <pfm/io/dataset.h>
#include <pfm/io/edge_list.h>
#include <pfm/io/formats.h>
#include <pfm/io/planetoid.h>
#include <pfm/io/text.h>
#include <pfm/io/tu_single.h>

#include <algorithm>
#include <array>

namespace pfm::io {
namespace {

namespace fs = std::filesystem;
// The first line of a text file, plain or gzip, or "" if the file does not begin like one.
std::string first_line(const fs::path& path) {
  std::error_code none;
  if (!fs::is_regular_file(path, none)) return "";
  std::string line;
  try {
    LineBlocks(path, 4096).next(line);
  } catch (const Error&) {  // damaged or not readable: not a text
    return "";
  }
  while (!line.empty() && (line[0] == '#' || line[0] == '%'))
    line.erase(0, line.find('\n') == std::string::npos ? line.size() : line.find('\n') + 1);
  line.resize(std::min(line.size(), line.find('\n')));
  return is_utf8(line) ? line : "";
}

// How many fields the first line has, and whether the first is a number.
std::pair<int, bool> shape_of_first_line(const fs::path& path) {
  const std::string line = first_line(path);
  Text text(path.string(), line);
  int fields = 0;
  bool number = false;
  if (text.next_line())
    for (; text.more(); ++fields) {
      const std::string_view field = text.field("");
      if (fields == 0) number = field.find_first_not_of("0123456789") == std::string_view::npos;
    }
  return {fields, number};
}

fs::path text_folder(const fs::path& path) { return fs::exists(path / "edges.txt") ? path : path / "text"; }

bool is_planetoid_text(const fs::path& path) {
  std::error_code none;
  return fs::exists(text_folder(path) / "edges.txt", none) && fs::exists(text_folder(path) / "labels.txt", none);
}

bool is_tu_single(const fs::path& path) { return shape_of_first_line(path) == std::pair(1, true); }

bool is_edge_list(const fs::path& path) {
  const int fields = shape_of_first_line(path).first;
  return fields == 2 || fields == 3;
}

Dataset read_hdf5(Paths paths, const ReadRules&) { return read_dataset(paths[0]); }
Dataset read_pickles(Paths paths, const ReadRules&) { return read_planetoid(paths[0]); }
Dataset read_text_folder(Paths paths, const ReadRules&) { return read_planetoid_text(text_folder(paths[0])); }
Dataset read_graphs(Paths paths, const ReadRules&) { return read_tu_single(paths[0]); }

constexpr std::array<Format, 5> table{{
    {"hdf5", "this program's own files", "", is_hdf5, read_hdf5},
    {"planetoid", "a folder with ind.NAME.{x,tx,allx,y,ty,ally,graph,test.index}", "", is_planetoid, read_pickles},
    {"planetoid-text", "a folder with edges.txt, features.txt, labels.txt, train.txt, val.txt, test.txt", "",
     is_planetoid_text, read_text_folder},
    {"tu-single", "many small graphs in one text: their number, then per graph `nodes label` and a line per node", "",
     is_tu_single, read_graphs},
    {"edgelist", "lines `u v` or `u v weight`, ids integers or strings; comments with # or %",
     "undirected weighted sum labels delimiter columns", is_edge_list, read_edge_list, nullptr, 64},
}};

}  // namespace

std::span<const Format> formats() { return table; }

const Format* recognised(const fs::path& path) {
  const auto found = std::ranges::find_if(table, [&](const Format& f) { return f.recognise(path); });
  return found == table.end() ? nullptr : &*found;
}

}  // namespace pfm::io
