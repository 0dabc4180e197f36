#include <fmt/format.h>
#include <hdf5.h>
#include <pfm/io/checksum.h>
#include <pfm/io/hdf5_writer.h>
#include <pfm/kernels/version.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <numeric>

namespace pfm::io {
namespace {

using hdf5::Handle;

constexpr hsize_t page =
    4096;  // arrays of this many bytes and more start at a multiple of it, so that they can be mapped

constexpr std::size_t bytes_a_chunk = 1 << 19;  // fits the chunk cache of libhdf5

template <class T>
hid_t memory_type() {
  if constexpr (std::is_same_v<T, double>) return H5T_NATIVE_DOUBLE;
  if constexpr (std::is_same_v<T, float>) return H5T_NATIVE_FLOAT;
  if constexpr (std::is_same_v<T, std::int32_t>) return H5T_NATIVE_INT32;
  return H5T_NATIVE_INT64;
}

template <class T>
hid_t stored_type() {
  if constexpr (std::is_same_v<T, double>) return H5T_IEEE_F64LE;
  if constexpr (std::is_same_v<T, float>) return H5T_IEEE_F32LE;
  if constexpr (std::is_same_v<T, std::int32_t>) return H5T_STD_I32LE;
  return H5T_STD_I64LE;
}

Handle text_type(std::size_t size) {
  Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type, size);
  H5Tset_strpad(type, H5T_STR_NULLPAD);
  H5Tset_cset(type, H5T_CSET_UTF8);
  return type;
}

Handle space_of(const std::vector<Offset>& shape) {
  const std::vector<hsize_t> sizes(shape.begin(), shape.end());
  return {sizes.empty() ? H5Screate(H5S_SCALAR) : H5Screate_simple(int(sizes.size()), sizes.data(), nullptr), H5Sclose};
}

// Times in object headers would make equal files differ.
Handle creation_list(hid_t kind) {
  Handle list(H5Pcreate(kind), H5Pclose);
  H5Pset_obj_track_times(list, false);
  return list;
}

}  // namespace

// Format 1.8 and later: its metadata carries checksums, so that damage is found.
Hdf5Writer::Hdf5Writer(std::filesystem::path path)
    : out_(std::move(path)), sink_(std::make_unique<hdf5::Sink>(hdf5::Sink{out_.descriptor()})) {
  const Handle access = hdf5::access_to(*sink_);
  H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_LATEST);
  H5Pset_alignment(access, page, page);
  const Handle creation = creation_list(H5P_FILE_CREATE);
  file_ = Handle(H5Fcreate(out_.path().c_str(), H5F_ACC_TRUNC, creation, access), H5Fclose);
  check(file_.valid());
}

Hdf5Writer::Hdf5Writer(std::filesystem::path path, const char* encoding, const char* version)
    : Hdf5Writer(std::move(path)) {
  encoded("/", encoding, version);
}

Hdf5Writer::Hdf5Writer(std::filesystem::path path, const std::string& kind, const Provenance& made_by, Layout layout)
    : Hdf5Writer(std::move(path)) {
  layout_ = layout;
  encoded("/", "dict", "0.1.0");
  attribute("/", "format", "pfm");
  attribute("/", "format-version", std::vector<std::int64_t>{format_version, format_minor});
  attribute("/", "kind", kind);
  attribute("/", "program", std::string("pfm ") + version());
  attribute("/", "command", made_by.command);
  std::string sources;
  for (const auto& source : made_by.sources) sources += fmt::format("{} xxh3:{}\n", source.name, source.xxh3);
  attribute("/", "sources", sources);
}

void Hdf5Writer::check(bool done) const {
  if (sink_->error != 0) out_.fail(sink_->error);
  if (!done) throw Error(Fault::writing, fmt::format("{}: libhdf5 cannot write it", out_.path().string()));
}

Handle Hdf5Writer::open(const std::string& path) {
  Handle object(H5Oopen(file_, path.c_str(), H5P_DEFAULT), H5Oclose);
  check(object.valid());
  return object;
}

void Hdf5Writer::attribute(const std::string& path, const char* name, const std::string& text) {
  const Handle object = open(path), space(H5Screate(H5S_SCALAR), H5Sclose),
               type = text_type(std::max<std::size_t>(1, text.size()));
  const Handle made(H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  check(made.valid() && H5Awrite(made, type, text.c_str()) >= 0);
}

void Hdf5Writer::attribute(const std::string& path, const char* name, std::span<const std::int64_t> numbers) {
  const Handle object = open(path);
  const Handle space = numbers.size() == 1 ? space_of({}) : space_of({Offset(numbers.size())});
  const Handle made(H5Acreate2(object, name, H5T_STD_I64LE, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  check(made.valid() && H5Awrite(made, H5T_NATIVE_INT64, numbers.data()) >= 0);
}

void Hdf5Writer::attribute(const std::string& path, const char* name, std::span<const std::string> texts) {
  std::vector<const char*> pointers;
  for (const std::string& s : texts) pointers.push_back(s.c_str());
  const Handle object = open(path), space = space_of({Offset(texts.size())}), type = text_type(H5T_VARIABLE);
  H5Tset_strpad(type, H5T_STR_NULLTERM);
  const Handle made(H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  check(made.valid() && (texts.empty() || H5Awrite(made, type, pointers.data()) >= 0));
}

void Hdf5Writer::encoded(const std::string& path, const char* type, const char* version) {
  attribute(path, "encoding-type", std::string(type));
  attribute(path, "encoding-version", std::string(version));
}

void Hdf5Writer::group(const std::string& path, const char* encoding, const char* version) {
  if (path.empty() || H5Lexists(file_, path.c_str(), H5P_DEFAULT) > 0) return;
  const std::string parent = path.substr(0, path.rfind('/'));
  group(parent);
  const Handle creation = creation_list(H5P_GROUP_CREATE);
  check(Handle(H5Gcreate2(file_, path.c_str(), H5P_DEFAULT, creation, H5P_DEFAULT), H5Gclose).valid());
  encoded(path, encoding, version);
}

Handle Hdf5Writer::dataset(const std::string& path, hdf5::Id type, const std::vector<Offset>& shape,
                           hdf5::Id creation) {
  group(path.substr(0, path.rfind('/')));
  Handle made(H5Dcreate2(file_, path.c_str(), type, space_of(shape), H5P_DEFAULT, creation, H5P_DEFAULT), H5Dclose);
  check(made.valid());
  return made;
}

// Chunks are runs of rows.
Handle Hdf5Writer::array_creation(const std::vector<Offset>& shape, std::size_t bytes) const {
  Handle creation = creation_list(H5P_DATASET_CREATE);
  if (layout_ == Layout::mapped || bytes < page) return creation;
  std::vector<hsize_t> chunk(shape.begin(), shape.end());
  const std::size_t row = bytes / std::size_t(shape[0]);
  chunk[0] = std::clamp<hsize_t>(bytes_a_chunk / std::max<std::size_t>(1, row), 1, chunk[0]);
  H5Pset_chunk(creation, int(chunk.size()), chunk.data());
  H5Pset_shuffle(creation);
  H5Pset_deflate(creation, 6);
  return creation;
}

void Hdf5Writer::numbers(const std::string& path, hdf5::Id stored, hdf5::Id memory, std::span<const std::byte> bytes,
                         Offset count, std::vector<Offset> shape) {
  if (shape.empty()) shape = {count};
  expect(std::accumulate(shape.begin(), shape.end(), Offset{1}, std::multiplies<>()) == count,
         "Hdf5Writer: as many values as the shape says");
  const Handle made = dataset(path, stored, shape, array_creation(shape, bytes.size()));
  check(H5Dwrite(made, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()) >= 0);
  encoded(path, "array", "0.2.0");
  attribute(path, "xxh3", checksum(bytes));
}

template <class T>
static std::pair<std::span<const std::byte>, Offset> bytes_of(std::span<const T> values) {
  static_assert(std::endian::native == std::endian::little, "checksums are of little-endian numbers");
  return {std::as_bytes(values), Offset(values.size())};
}

void Hdf5Writer::array(const std::string& path, std::span<const std::int32_t> values, std::vector<Offset> shape) {
  const auto [bytes, count] = bytes_of(values);
  numbers(path, stored_type<std::int32_t>(), memory_type<std::int32_t>(), bytes, count, std::move(shape));
}
void Hdf5Writer::array(const std::string& path, std::span<const std::int64_t> values, std::vector<Offset> shape) {
  const auto [bytes, count] = bytes_of(values);
  numbers(path, stored_type<std::int64_t>(), memory_type<std::int64_t>(), bytes, count, std::move(shape));
}
void Hdf5Writer::array(const std::string& path, std::span<const Real> values, std::vector<Offset> shape) {
  const auto [bytes, count] = bytes_of(values);
  numbers(path, stored_type<Real>(), memory_type<Real>(), bytes, count, std::move(shape));
}

void Hdf5Writer::array_in_pieces(const std::string& path, Offset rows, Offset columns,
                                 const std::function<std::span<const std::int32_t>()>& next) {
  const std::size_t bytes = std::size_t(rows) * std::size_t(columns) * sizeof(std::int32_t);
  const Handle made =
      dataset(path, stored_type<std::int32_t>(), {rows, columns}, array_creation({rows, columns}, bytes));
  RunningChecksum sum;
  for (Offset done = 0; done < rows;) {
    const std::span<const std::int32_t> piece = next();
    const Offset count = Offset(piece.size()) / columns;
    expect(count > 0 && done + count <= rows && Offset(piece.size()) == count * columns, "Hdf5Writer: whole rows");
    const Handle here = space_of({rows, columns}), size = space_of({count, columns});
    const hsize_t start[] = {hsize_t(done), 0}, counts[] = {hsize_t(count), hsize_t(columns)};
    check(H5Sselect_hyperslab(here, H5S_SELECT_SET, start, nullptr, counts, nullptr) >= 0 &&
          H5Dwrite(made, memory_type<std::int32_t>(), size, here, H5P_DEFAULT, piece.data()) >= 0);
    sum.add({reinterpret_cast<const char*>(piece.data()), piece.size_bytes()});
    done += count;
  }
  encoded(path, "array", "0.2.0");
  attribute(path, "xxh3", sum.result());
}

// A dataset that is never written holds its fill value and takes no bytes.
void Hdf5Writer::ones(const std::string& path, Offset count) {
  const Handle creation = creation_list(H5P_DATASET_CREATE);
  const Real one = 1;
  H5Pset_fill_value(creation, memory_type<Real>(), &one);
  H5Pset_alloc_time(creation, H5D_ALLOC_TIME_LATE);
  const Handle made = dataset(path, stored_type<Real>(), {count}, creation);
  encoded(path, "array", "0.2.0");
}

void Hdf5Writer::strings(const std::string& path, std::span<const std::string> values) {
  std::vector<const char*> pointers;
  for (const std::string& s : values) pointers.push_back(s.c_str());
  const Handle type = text_type(H5T_VARIABLE);
  H5Tset_strpad(type, H5T_STR_NULLTERM);
  const Handle made = dataset(path, type, {Offset(values.size())}, creation_list(H5P_DATASET_CREATE));
  check(values.empty() || H5Dwrite(made, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data()) >= 0);
  encoded(path, "string-array", "0.2.0");
  attribute(path, "xxh3", checksum(values));
}

void Hdf5Writer::sparse(const std::string& path, const Sparse& matrix) {
  const CsrView& m = matrix.view();
  group(path, "csr_matrix", "0.1.0");
  attribute(path, "shape", std::vector<std::int64_t>{m.rows, m.cols});
  array(path + "/indptr", m.offsets);
  array(path + "/indices", m.columns);
  if (matrix.weighted())
    array(path + "/data", m.values);
  else
    ones(path + "/data", m.nonzeros());
}

// As h5py writes it.
static Handle boolean_type() {
  Handle boolean(H5Tenum_create(H5T_STD_I8LE), H5Tclose);
  const std::int8_t no = 0, yes = 1;
  H5Tenum_insert(boolean, "FALSE", &no), H5Tenum_insert(boolean, "TRUE", &yes);
  return boolean;
}

void Hdf5Writer::categorical(const std::string& path, std::span<const std::int32_t> codes,
                             std::span<const std::string> names) {
  group(path, "categorical", "0.2.0");
  const Handle object = open(path), boolean = boolean_type();
  const std::int8_t no = 0;
  const Handle ordered(H5Acreate2(object, "ordered", boolean, space_of({}), H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  check(ordered.valid() && H5Awrite(ordered, boolean, &no) >= 0);
  array(path + "/codes", codes);
  if (!names.empty() || codes.empty()) return strings(path + "/categories", names);
  std::vector<std::int32_t> numbers(static_cast<std::size_t>(*std::ranges::max_element(codes) + 1));
  std::iota(numbers.begin(), numbers.end(), 0);
  array(path + "/categories", numbers);
}

void Hdf5Writer::booleans(const std::string& path, const std::vector<bool>& values) {
  const std::vector<std::int8_t> bytes(values.begin(), values.end());
  const Handle boolean = boolean_type();
  numbers(path, boolean, boolean, std::as_bytes(std::span(bytes)), Offset(bytes.size()), {});
}

void Hdf5Writer::commit() {
  check(H5Fclose(file_.release()) >= 0);
  out_.commit();
}

}  // namespace pfm::io
