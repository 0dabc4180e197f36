#include <fmt/format.h>
#include <pfm/io/npy.h>
#include <pfm/io/npz.h>
#include <pfm/io/pickle.h>
#include <pfm/io/text.h>
#include <pfm/io/zip.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace pfm::io {
namespace {

constexpr std::int64_t most = std::numeric_limits<NodeId>::max() - 1;
class Archive {
 public:
  explicit Archive(const std::filesystem::path& path) : zip_(path), bytes_(std::filesystem::file_size(path)) {}
  bool has(const std::string& member) const { return zip_.has(member + ".npy"); }
  [[noreturn]] void fail(const std::string& what) const { zip_.fail(what); }

  // use(array) while its bytes live.
  template <class Use>
  auto with(const std::string& member, Use use) const {
    const std::string content = zip_.read(member + ".npy");
    return use(parse_npy(zip_.name() + "/" + member, content));
  }
  std::vector<std::int64_t> integers(const std::string& member, const char* what, std::int64_t highest) const {
    return with(member, [&](const Npy& array) { return array.integers(what, 0, highest); });
  }
  Entries matrix(const std::string& prefix, const std::string& format) const;
  Entries pickled(const std::string& member) const;
  const ZipReader& zip() const { return zip_; }
  std::string name(const std::string& member) const { return zip_.name() + "/" + member; }

 private:
  Entries empty(std::int64_t rows, std::int64_t cols) const;
  void add(Entries& entries, std::int64_t row, std::int64_t column, double value) const;

  ZipReader zip_;
  std::uintmax_t bytes_;
};

Entries Archive::empty(std::int64_t rows, std::int64_t cols) const {
  if (!plausible(rows, bytes_)) fail(fmt::format("a shape of {} rows, far beyond the file's size", rows));
  return {rows, cols, {}, {}};
}

void Archive::add(Entries& entries, std::int64_t row, std::int64_t column, double value) const {
  if (!std::isfinite(value) || !std::isfinite(Real(value)))
    fail(fmt::format("row {} column {} is {}, expected a finite number", row, column, value));
  entries.add(NodeId(row), NodeId(column), Real(value));
}

// The arrays PREFIXdata, PREFIXshape, ... of a matrix in one of scipy's formats.
Entries Archive::matrix(const std::string& prefix, const std::string& format) const {
  const std::vector<std::int64_t> shape = integers(prefix + "shape", "a size", most);
  if (shape.size() != 2) fail(fmt::format("{}shape has {} sizes, expected 2", prefix, shape.size()));
  Entries entries = empty(shape[0], shape[1]);
  const auto values = with(prefix + "data", [](const Npy& array) { return array.numbers(); });
  if (format == "coo") {
    const auto rows = integers(prefix + "row", "a row", shape[0] - 1),
               cols = integers(prefix + "col", "a column", shape[1] - 1);
    if (rows.size() != values.size() || cols.size() != values.size())
      fail("rows, columns and values of different lengths");
    for (std::size_t i = 0; i < values.size(); ++i) add(entries, rows[i], cols[i], values[i]);
    return entries;
  }
  if (format != "csr" && format != "csc") fail(fmt::format("found format '{}', expected csr, csc or coo", format));
  const bool by_rows = format == "csr";
  const std::int64_t lines = by_rows ? shape[0] : shape[1], across = by_rows ? shape[1] : shape[0];
  const auto indices = integers(prefix + "indices", "an index", across - 1);
  const auto offsets = integers(prefix + "indptr", "an offset", std::int64_t(values.size()));
  if (std::int64_t(offsets.size()) != lines + 1 || indices.size() != values.size())
    fail("offsets, indices and values of different lengths");
  if (offsets.front() != 0 || offsets.back() != std::int64_t(values.size()) || !std::ranges::is_sorted(offsets))
    fail(fmt::format("expected offsets that rise from 0 to the {} entries", values.size()));
  for (std::int64_t line = 0; line < lines; ++line)
    for (std::int64_t e = offsets[line]; e < offsets[line + 1]; ++e)
      by_rows ? add(entries, line, indices[e], values[e]) : add(entries, indices[e], line, values[e]);
  return entries;
}

// A scipy csr_matrix in an array of one object.
Entries Archive::pickled(const std::string& member) const {
  const pickle::Csr m = with(member, [&](const Npy& array) {
    if (array.type.kind != 'O') array.fail("expected a pickled scipy matrix");
    return pickle::csr(array.name, pickle::wrapped(array.name, *pickle::parse(array.name, array.bytes)));
  });
  Entries entries = empty(m.rows, m.cols);
  for (Offset row = 0; row < m.rows; ++row)
    for (Offset e = m.offsets[row]; e < m.offsets[row + 1]; ++e) add(entries, row, m.columns[e], m.values[e]);
  return entries;
}

std::string first_of(const Archive& file, std::initializer_list<const char*> members) {
  for (const char* member : members)
    if (file.has(member)) return member;
  return "";
}

bool is_object(const Archive& file, const std::string& member) {
  return file.with(member, [](const Npy& array) { return array.type.kind == 'O'; });
}

Features features(const Archive& file, NodeId nodes) {
  if (file.has("attr_data")) return features_of(file.name("attr_*"), file.matrix("attr_", "csr"));
  const std::string member = first_of(file, {"attr_matrix", "node_attr"});
  if (member.empty()) return Features::identity(nodes);
  if (is_object(file, member)) return features_of(file.name(member), file.pickled(member));
  return file.with(member, [](const Npy& array) { return array.matrix(); });
}

void read_labels_of(const Archive& file, Dataset& data) {
  if (file.has("labels_data")) {
    data.targets.label_sets = features_of(file.name("labels_*"), file.matrix("labels_", "csr")).without_values();
    if (data.targets.label_sets.rows() != data.nodes()) file.fail("expected a row of labels per node");
    return;
  }
  const std::string member = first_of(file, {"labels", "node_label"});
  if (member.empty()) return;
  const auto labels = file.with(member, [](const Npy& array) { return array.integers("a class, or -1", -1, most); });
  if (Offset(labels.size()) != data.nodes())
    file.fail(fmt::format("found {} labels, expected one for each of {} nodes", labels.size(), data.nodes()));
  data.targets.classes.assign(labels.begin(), labels.end());
}

// An array of texts of its own, else the one that the dictionary `metadata` holds under this name.
std::vector<std::string> texts(const Archive& file, const std::string& member) {
  if (!file.has(member) && !file.has("metadata")) return {};
  return file.with(file.has(member) ? member : "metadata", [&](const Npy& array) -> std::vector<std::string> {
    if (array.type.kind != 'O') return array.texts();
    const pickle::Ref whole = pickle::parse(array.name, array.bytes);
    if (file.has(member)) return pickle::texts(array.name, *whole);
    const pickle::Value* found = pickle::item(pickle::wrapped(array.name, *whole), member);
    return found == nullptr ? std::vector<std::string>() : pickle::texts(array.name, *found);
  });
}

Dataset read_benchmark(const Archive& file, const ReadRules& rules) {
  Dataset data;
  Entries adjacency = file.has("adj_data") ? file.matrix("adj_", "csr") : file.pickled("adj_matrix");
  data.all.graph = graph_of(file.name("adj_*"), std::move(adjacency), rules.build());
  data.all.x = features(file, data.nodes());
  if (data.all.x.rows() != data.nodes())
    file.fail(fmt::format("found {} rows of features for {} nodes", data.all.x.rows(), data.nodes()));
  read_labels_of(file, data);
  data.names = texts(file, "node_names");
  if (!data.names.empty() && Offset(data.names.size()) != data.nodes())
    file.fail(fmt::format("found {} node_names, expected one for each of {} nodes", data.names.size(), data.nodes()));
  data.targets.class_names = texts(file, "class_names");
  const Offset classes = std::max<Offset>(data.targets.class_count(), data.targets.label_sets.cols());
  if (!data.targets.class_names.empty() && Offset(data.targets.class_names.size()) < classes)
    file.fail(fmt::format("found {} class_names, expected one for each of {} classes", data.targets.class_names.size(),
                          classes));
  const bool labelled = !data.targets.classes.empty() || data.targets.label_sets.rows() > 0;
  data.task = labelled ? Task::node : Task::link;
  return data;
}

bool is_scipy(const ZipReader& zip) { return zip.has("data.npy") && zip.has("format.npy") && zip.has("shape.npy"); }
bool is_benchmark(const ZipReader& zip) {
  return zip.has("adj_matrix.npy") || (zip.has("adj_data.npy") && zip.has("adj_shape.npy"));
}

template <class T>
std::string_view bytes_of(std::span<const T> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

}  // namespace

bool is_npz(const std::filesystem::path& path) {
  if (!is_zip(path)) return false;
  try {
    const ZipReader zip(path);
    return is_scipy(zip) || is_benchmark(zip);
  } catch (const Error&) {  // damaged: the reader that is asked for by name says what
    return false;
  }
}

static Entries scipy_matrix(const Archive& file) {
  if (!is_scipy(file.zip())) file.fail("not a scipy matrix, expected data, format and shape");
  const auto format = file.with("format", [](const Npy& array) { return array.texts(); });
  if (format.size() != 1) file.fail("expected one format");
  return file.matrix("", format[0]);
}

Entries read_scipy(const std::filesystem::path& path) { return scipy_matrix(Archive(path)); }

Dataset read_npz(Paths paths, const ReadRules& rules) {
  const std::filesystem::path& path = paths[0];
  const Archive file(path);
  Dataset data;
  if (is_benchmark(file.zip())) {
    data = read_benchmark(file, rules);
  } else if (is_scipy(file.zip())) {
    Entries entries = scipy_matrix(file);
    if (entries.rows == entries.cols) {
      data.all.graph = graph_of(path.string(), std::move(entries), rules.build(false));
      data.all.x = Features::identity(data.nodes());
      data.task = Task::link;
    } else {
      data.all.graph = Graph::without_edges(NodeId(entries.rows));
      data.all.x = features_of(path.string(), std::move(entries));
    }
  } else {
    file.fail(
        "expected the arrays of scipy.sparse.save_npz (data, format, shape, ..) or of the gnn-benchmark "
        "(adj_data, .. or adj_matrix)");
  }
  data.name = name_from(path);
  return data;
}

void write_npz(const std::filesystem::path& path, const Dataset& data, const WriteRules&) {
  const CsrView& a = data.all.graph.adjacency().view();
  const std::vector<std::int64_t> shape{a.rows, a.cols};
  const std::vector<Real> ones(a.values.empty() ? a.columns.size() : 0, Real(1));
  const std::span<const Real> values = a.values.empty() ? std::span<const Real>(ones) : a.values;
  auto vector = [](std::size_t size) { return fmt::format("({},)", size); };
  write_zip(path, {{"data.npy", npy_of(fmt::format("<f{}", sizeof(Real)), vector(values.size()), bytes_of(values))},
                   {"format.npy", npy_of("|S3", "()", "csr")},
                   {"indices.npy", npy_of("<i4", vector(a.columns.size()), bytes_of(a.columns))},
                   {"indptr.npy", npy_of("<i8", vector(a.offsets.size()), bytes_of(a.offsets))},
                   {"shape.npy", npy_of("<i8", "(2,)", bytes_of(std::span<const std::int64_t>(shape)))}});
}

}  // namespace pfm::io
