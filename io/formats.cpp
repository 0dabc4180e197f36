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
#include <fstream>

namespace pfm::io {
namespace {

namespace fs = std::filesystem;
using Paths = std::span<const fs::path>;

void expect_paths(Paths paths, std::size_t most, const char* what) {
  if (paths.empty() || paths.size() > most)
    throw Error(Fault::usage, fmt::format("found {} inputs, expected {}", paths.size(), what));
}

// The first line of a text file, or "" if the file does not begin like one.
std::string first_line(const fs::path& path) {
  std::error_code none;
  if (!fs::is_regular_file(path, none)) return "";
  std::ifstream in(path, std::ios::binary);
  std::string line(4096, '\0');
  in.read(line.data(), std::streamsize(line.size()));
  line.resize(std::size_t(in.gcount()));
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

Dataset read_hdf5(Paths paths, const ReadRules&) {
  expect_paths(paths, 1, "one HDF5 file");
  return read_dataset(paths[0]);
}
Dataset read_pickles(Paths paths, const ReadRules&) {
  expect_paths(paths, 1, "one folder");
  return read_planetoid(paths[0]);
}
Dataset read_text(Paths paths, const ReadRules&) {
  expect_paths(paths, 1, "one folder");
  return read_planetoid_text(text_folder(paths[0]));
}
Dataset read_graphs(Paths paths, const ReadRules&) {
  expect_paths(paths, 1, "one file");
  return read_tu_single(paths[0]);
}
Dataset read_edges(Paths paths, const ReadRules& rules) {
  expect_paths(paths, 2, "an edge list and perhaps its labels");
  return read_edge_list(paths[0], rules.build, paths.size() > 1 ? paths[1] : "");
}

constexpr std::array<Format, 5> table{{
    {"hdf5", "this program's own files", is_hdf5, read_hdf5},
    {"planetoid", "a folder with ind.NAME.{x,tx,allx,y,ty,ally,graph,test.index}", is_planetoid, read_pickles},
    {"planetoid-text", "a folder with edges.txt, features.txt, labels.txt, train.txt, val.txt, test.txt",
     is_planetoid_text, read_text},
    {"tu-single", "many small graphs in one text: their number, then per graph `nodes label` and a line per node",
     is_tu_single, read_graphs},
    {"edgelist", "lines `u v` or `u v weight`, ids integers or strings; perhaps a second file of `node label`",
     is_edge_list, read_edges},
}};

}  // namespace

std::span<const Format> formats() { return table; }

const Format* recognised(const fs::path& path) {
  const auto found = std::ranges::find_if(table, [&](const Format& f) { return f.recognise(path); });
  return found == table.end() ? nullptr : &*found;
}

}  // namespace pfm::io
