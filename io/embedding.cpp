#include <fmt/format.h>
#include <pfm/io/atomic_file.h>
#include <pfm/io/embedding.h>
#include <pfm/io/hdf5_reader.h>
#include <pfm/io/hdf5_writer.h>
#include <pfm/io/names_hdf5.h>
#include <pfm/io/npy.h>
#include <pfm/io/text.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace pfm::io {
namespace {

void write_h5(const std::filesystem::path& path, const Matrix& rows, const std::vector<std::string>& names,
              const Provenance& made_by) {
  Hdf5Writer file(path, "embedding", made_by);
  file.array("/x", rows);
  if (!names.empty()) write_names(file, "/names", names);
  file.commit();
}

Embedding read_h5(const std::filesystem::path& path) { return read_embedding(Hdf5Reader(path)); }

void write_npy_without_names(const std::filesystem::path& path, const Matrix& rows, const std::vector<std::string>&,
                             const Provenance&) {
  write_npy(path, rows);
}

Embedding read_npy_rows(const std::filesystem::path& path) { return {read_npy(path), {}}; }

void write_word2vec(const std::filesystem::path& path, const Matrix& rows, const std::vector<std::string>& names,
                    const Provenance&) {
  for (const std::string& name : names)
    if (name.empty() || name.find_first_of(" \t\r\n,") != std::string::npos)
      throw Error(Fault::usage, fmt::format("{}: the name '{}' has blanks or commas, which a text file cannot hold; "
                                            "write .h5 instead",
                                            path.string(), name));
  AtomicFile file(path);
  std::string text = fmt::format("{} {}\n", rows.rows(), rows.cols());
  constexpr std::size_t piece = 1 << 20;
  for (Offset i = 0; i < rows.rows(); ++i) {
    text += names.empty() ? std::to_string(i) : names[std::size_t(i)];
    for (Real v : rows.row(i)) fmt::format_to(std::back_inserter(text), " {}", v);  // shortest that reads back the same
    text += '\n';
    if (text.size() < piece) continue;
    file.write(text);
    text.clear();
  }
  file.write(text);
  file.commit();
}

Embedding read_word2vec(const std::filesystem::path& path) {
  const std::string content = read_file(path);
  Text text(path.string(), content);
  if (!text.next_line()) text.fail("the number of rows and columns");
  const auto most = std::int64_t(content.size());  // a number takes at least two bytes
  const std::int64_t rows = text.integer("the number of rows", 0, most);
  const std::int64_t cols = text.integer("the number of columns", 0, rows > 0 ? most / rows : most);
  text.end_of_line();
  Embedding result{Matrix(rows, cols), {}};
  for (std::int64_t i = 0; i < rows; ++i) {
    if (!text.next_line()) text.complain(fmt::format("the file ends after {} rows, expected {}", i, rows));
    result.names.emplace_back(text.field("the name of a row"));
    if (!is_utf8(result.names.back())) text.complain("a name that is not UTF-8");
    for (Real& v : result.rows.row(i)) {
      v = Real(text.number("a value"));
      if (!std::isfinite(v)) text.fail("a value in the range of Real");
    }
    text.end_of_line();
  }
  if (text.next_line()) text.complain(fmt::format("more rows than the {} of the first line", rows));
  bool numbered = true;
  for (std::size_t i = 0; i < result.names.size(); ++i) numbered = numbered && result.names[i] == std::to_string(i);
  if (numbered) result.names.clear();
  return result;
}

struct Form {
  const char* ending;
  void (*write)(const std::filesystem::path&, const Matrix&, const std::vector<std::string>&, const Provenance&);
  Embedding (*read)(const std::filesystem::path&);
};
constexpr std::array<Form, 3> forms{{{".h5", write_h5, read_h5},
                                     {".npy", write_npy_without_names, read_npy_rows},
                                     {".txt", write_word2vec, read_word2vec}}};

const Form& form_of(const std::filesystem::path& path) {
  const auto found =
      std::ranges::find(forms, path.extension().string(), [](const Form& f) { return std::string(f.ending); });
  if (found == forms.end())
    throw Error(Fault::usage, fmt::format("{}: an embedding ends in .h5, .npy or .txt", path.string()));
  return *found;
}

}  // namespace

Embedding read_embedding(const Hdf5Reader& file) {
  if (file.text("/", "format") != "pfm" || file.text("/", "kind") != "embedding")
    file.fail("/", "not a pfm embedding (attributes format and kind)");
  Embedding result{file.matrix("/x"), {}};
  if (file.has("/names")) result.names = read_names(file, "/names");
  if (!result.names.empty() && Offset(result.names.size()) != result.rows.rows())
    file.fail("/names", fmt::format("found {} names, expected {}", result.names.size(), result.rows.rows()));
  return result;
}

void write_embedding(const std::filesystem::path& path, const Matrix& rows, const std::vector<std::string>& names,
                     const Provenance& made_by) {
  expect(names.empty() || Offset(names.size()) == rows.rows(), "write_embedding: a name per row, or none");
  form_of(path).write(path, rows, names, made_by);
}

Embedding read_embedding(const std::filesystem::path& path) { return form_of(path).read(path); }

}  // namespace pfm::io
