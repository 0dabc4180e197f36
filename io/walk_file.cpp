#include <fmt/format.h>
#include <pfm/io/hdf5_writer.h>
#include <pfm/io/text_file.h>
#include <pfm/io/walk_file.h>

namespace pfm::io {

static void write_text(const std::filesystem::path& path, Offset walks, Offset nodes_a_walk,
                       const std::vector<std::string>& names, const std::function<std::span<const NodeId>()>& next) {
  for (const std::string& name : names)
    if (name.empty() || name.find_first_of(" \t\r\n") != std::string::npos)
      throw Error(Fault::input,
                  fmt::format("{}: a node is called '{}', expected names without blanks; .h5 holds any name",
                              path.string(), name));
  TextFile file(path);
  for (Offset done = 0; done < walks;) {
    const std::span<const NodeId> rows = next();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const bool first = i % std::size_t(nodes_a_walk) == 0;
      if (first && i > 0) file << '\n';
      if (rows[i] < 0) continue;
      if (!first) file << ' ';
      names.empty() ? file << rows[i] : file << std::string_view(names[rows[i]]);
    }
    file << '\n';
    done += Offset(rows.size()) / nodes_a_walk;
  }
  file.commit();
}

void write_walks(const std::filesystem::path& path, Offset walks, Offset nodes_a_walk,
                 const std::vector<std::string>& names, const std::function<std::span<const NodeId>()>& next,
                 const Provenance& made_by) {
  if (path.extension() == ".txt") return write_text(path, walks, nodes_a_walk, names, next);
  if (path.extension() != ".h5")
    throw Error(Fault::usage, fmt::format("{}: expected a name that ends in .h5 or .txt", path.string()));
  Hdf5Writer file(path, "walks", made_by);
  file.array_in_pieces("/walks", walks, nodes_a_walk, next);
  if (!names.empty()) file.strings("/names", names);
  file.commit();
}

}  // namespace pfm::io
