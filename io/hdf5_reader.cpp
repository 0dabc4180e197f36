#include <fcntl.h>
#include <fmt/format.h>
#include <hdf5.h>
#include <pfm/io/check.h>
#include <pfm/io/checksum.h>
#include <pfm/io/hdf5_reader.h>
#include <pfm/io/text.h>
#include <pfm/kernels/csr_faults.h>
#include <pfm/kernels/parallel.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <limits>
#include <numeric>

namespace pfm::io {
namespace {

using hdf5::Handle;

template <class T>
hid_t native() {
  if constexpr (std::is_same_v<T, double>) return H5T_NATIVE_DOUBLE;
  if constexpr (std::is_same_v<T, float>) return H5T_NATIVE_FLOAT;
  if constexpr (std::is_same_v<T, std::int32_t>) return H5T_NATIVE_INT32;
  return H5T_NATIVE_INT64;
}

std::shared_ptr<const std::span<const std::byte>> map_file(const std::filesystem::path& path) {
  auto bytes = std::shared_ptr<std::span<const std::byte>>(new std::span<const std::byte>, [](auto* span) {
    if (!span->empty()) ::munmap(const_cast<std::byte*>(span->data()), span->size());
    delete span;
  });
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return bytes;
  struct stat about {};
  if (::fstat(file, &about) == 0 && about.st_size > 0) {
    void* at = ::mmap(nullptr, about.st_size, PROT_READ, MAP_PRIVATE, file, 0);
    if (at != MAP_FAILED) *bytes = {static_cast<const std::byte*>(at), std::size_t(about.st_size)};
  }
  ::close(file);
  return bytes;
}

template <class T>
Stored<T> own(std::vector<T> values, std::vector<Offset> shape) {
  auto kept = std::make_shared<const std::vector<T>>(std::move(values));
  return {*kept, kept, std::move(shape)};
}

}  // namespace

Hdf5Reader::Hdf5Reader(std::filesystem::path path) : path_(std::move(path)) {
  check(path_);
  file_ = Handle(H5Fopen(path_.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  if (!file_.valid()) fail("/", "damaged");
  map_ = map_file(path_);
}

void Hdf5Reader::fail(const std::string& path, const std::string& what) const {
  throw Error(Fault::input, fmt::format("{}: {}: {}", path_.string(), path, what));
}

// One link after the other: the library fails on a path whose parent is missing.
bool Hdf5Reader::has(const std::string& path) const {
  for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    if (H5Lexists(file_, path.substr(0, end).c_str(), H5P_DEFAULT) <= 0) return false;
    if (end == std::string::npos) return true;
  }
}

Handle Hdf5Reader::open(const std::string& path) const {
  if (path != "/" && !has(path)) fail(path, "missing");
  Handle object(H5Oopen(file_, path.c_str(), H5P_DEFAULT), H5Oclose);
  if (!object.valid()) fail(path, "damaged");
  return object;
}

std::vector<std::string> Hdf5Reader::children(const std::string& path) const {
  std::vector<std::string> names;
  if (path != "/" && !has(path)) return names;
  const Handle group(H5Gopen2(file_, path.c_str(), H5P_DEFAULT), H5Gclose);
  if (!group.valid()) fail(path, "found an array, expected a group");
  auto visit = [](hid_t, const char* name, const H5L_info_t*, void* data) -> herr_t {
    static_cast<std::vector<std::string>*>(data)->emplace_back(name);
    return 0;
  };
  if (H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, nullptr, visit, &names) < 0) fail(path, "damaged");
  return names;
}

static std::string trimmed(std::string text) {
  text.resize(std::min(text.size(), text.find('\0')));
  return text;
}

std::string Hdf5Reader::text(const std::string& path, const char* attribute) const {
  const Handle object = open(path);
  if (H5Aexists(object, attribute) <= 0) return "";
  const Handle a(H5Aopen(object, attribute, H5P_DEFAULT), H5Aclose), type(H5Aget_type(a), H5Tclose),
      space(H5Aget_space(a), H5Sclose);
  const std::string place = fmt::format("{} attribute {}", path, attribute);
  if (H5Tget_class(type) != H5T_STRING || H5Sget_simple_extent_npoints(space) != 1) fail(place, "expected a text");
  std::string result;
  if (H5Tis_variable_str(type) > 0) {
    char* value = nullptr;
    if (H5Aread(a, type, &value) < 0) fail(place, "damaged");
    if (value != nullptr) result = value;
    H5Dvlen_reclaim(type, space, H5P_DEFAULT, &value);
  } else {
    result.resize(H5Tget_size(type));
    if (H5Aread(a, type, result.data()) < 0) fail(place, "damaged");
    result = trimmed(std::move(result));
  }
  if (!is_utf8(result)) fail(place, "not UTF-8");
  return result;
}

std::vector<std::int64_t> Hdf5Reader::numbers(const std::string& path, const char* attribute) const {
  const Handle object = open(path);
  if (H5Aexists(object, attribute) <= 0) return {};
  const Handle a(H5Aopen(object, attribute, H5P_DEFAULT), H5Aclose), type(H5Aget_type(a), H5Tclose),
      space(H5Aget_space(a), H5Sclose);
  const hssize_t count = H5Sget_simple_extent_npoints(space);
  const std::string place = fmt::format("{} attribute {}", path, attribute);
  if (H5Tget_class(type) != H5T_INTEGER || count < 0) fail(place, "expected integers");
  std::vector<std::int64_t> result(count);
  if (count > 0 && H5Aread(a, H5T_NATIVE_INT64, result.data()) < 0) fail(place, "damaged");
  return result;
}

std::vector<Offset> Hdf5Reader::shape_of(hdf5::Id dataset, const std::string& path) const {
  const Handle space(H5Dget_space(dataset), H5Sclose);
  hsize_t sizes[H5S_MAX_RANK];
  const int rank = H5Sget_simple_extent_dims(space, sizes, nullptr);
  if (rank < 1 || H5Sget_simple_extent_type(space) != H5S_SIMPLE) fail(path, "expected an array");
  return {sizes, sizes + rank};
}

// Where the file holds the values as this program would: at a place that io::check found to lie within the file.
template <class T>
Stored<T> Hdf5Reader::mapped(hdf5::Id dataset, std::vector<Offset> shape, Offset count) const {
  const Handle type(H5Dget_type(dataset), H5Tclose), creation(H5Dget_create_plist(dataset), H5Pclose);
  const haddr_t at = H5Dget_offset(dataset);
  const std::size_t bytes = std::size_t(count) * sizeof(T);
  if (H5Tequal(type, native<T>()) <= 0 || H5Pget_layout(creation) != H5D_CONTIGUOUS || at == HADDR_UNDEF ||
      at % alignof(T) != 0 || at > map_->size() || bytes > map_->size() - at)
    return {};
  return {{reinterpret_cast<const T*>(map_->data() + at), std::size_t(count)}, map_, std::move(shape)};
}

template <class T>
Stored<T> Hdf5Reader::read(const std::string& path) const {
  const Handle dataset = open(path);
  if (H5Iget_type(dataset) != H5I_DATASET) fail(path, "found a group, expected an array");
  const Handle type(H5Dget_type(dataset), H5Tclose);
  const H5T_class_t kind = H5Tget_class(type);
  if (kind != H5T_INTEGER && (std::is_integral_v<T> || kind != H5T_FLOAT))
    fail(path, std::is_integral_v<T> ? "expected integers" : "expected numbers");
  std::vector<Offset> shape = shape_of(dataset, path);
  const Offset count = std::accumulate(shape.begin(), shape.end(), Offset{1}, std::multiplies<>());  // checked before
  Stored<T> result = mapped<T>(dataset, shape, count);
  const bool as_stored = result.owner != nullptr;
  if (!as_stored) {
    std::vector<T> values(count);
    if (count > 0 && H5Dread(dataset, native<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0)
      fail(path, "damaged");
    result = own(std::move(values), std::move(shape));
  }
  if (as_stored || H5Tequal(type, native<T>()) > 0) verify(path, std::as_bytes(result.values));
  return result;
}

Stored<std::int64_t> Hdf5Reader::offsets(const std::string& path) const { return read<std::int64_t>(path); }
Stored<Real> Hdf5Reader::reals(const std::string& path) const { return read<Real>(path); }

Stored<std::int32_t> Hdf5Reader::ids(const std::string& path) const {
  const Handle dataset = open(path);
  const Handle type(H5Iget_type(dataset) == H5I_DATASET ? H5Dget_type(dataset) : -1, H5Tclose);
  if (type.valid() && H5Tequal(type, H5T_NATIVE_INT32) > 0) return read<std::int32_t>(path);
  const Stored<std::int64_t> wide = read<std::int64_t>(path);  // the library would cut what does not fit
  std::vector<std::int32_t> values;
  for (std::int64_t v : wide.values) {
    if (v != std::int32_t(v)) fail(path, fmt::format("found {}, expected a number of 32 bits", v));
    values.push_back(std::int32_t(v));
  }
  return own(std::move(values), wide.shape);
}

std::vector<std::string> Hdf5Reader::strings(const std::string& path) const {
  const Handle dataset = open(path);
  if (H5Iget_type(dataset) != H5I_DATASET) fail(path, "found a group, expected strings");
  const Handle type(H5Dget_type(dataset), H5Tclose), space(H5Dget_space(dataset), H5Sclose);
  if (H5Tget_class(type) != H5T_STRING) fail(path, "expected strings");
  const Offset count = shape_of(dataset, path)[0];
  if (H5Sget_simple_extent_npoints(space) != count) fail(path, "expected one row of strings");
  std::vector<std::string> result(count);
  if (count > 0 && H5Tis_variable_str(type) > 0) {
    std::vector<char*> pointers(count);
    if (H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data()) < 0) fail(path, "damaged");
    for (Offset i = 0; i < count; ++i) result[i] = pointers[i] == nullptr ? "" : pointers[i];
    H5Dvlen_reclaim(type, space, H5P_DEFAULT, pointers.data());
  } else if (count > 0) {
    const std::size_t width = H5Tget_size(type);
    std::string all(width * count, '\0');
    if (H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, all.data()) < 0) fail(path, "damaged");
    for (Offset i = 0; i < count; ++i) result[i] = trimmed(all.substr(i * width, width));
  }
  for (std::size_t i = 0; i < result.size(); ++i)
    if (!is_utf8(result[i])) fail(path, fmt::format("row {} is not UTF-8", i));
  if (const std::string stated = text(path, "xxh3"); !stated.empty()) {
    if (stated != checksum(result)) fail(path, "its checksum differs: damaged");
    findings_.verified.insert(path);
  }
  return result;
}

Matrix Hdf5Reader::matrix(const std::string& path) const {
  const Stored<Real> stored = reals(path);
  if (stored.shape.size() != 2) fail(path, fmt::format("found {} dimensions, expected 2", stored.shape.size()));
  Matrix result(stored.shape[0], stored.shape[1]);
  if (const Offset i = first_not_finite(stored.values); i >= 0)
    fail(path, fmt::format("row {} column {} is {}, expected a finite number", i / result.cols(), i % result.cols(),
                           stored.values[i]));
  parallel_for(result.size(), Offset{1} << 18, [&](Offset begin, Offset end) {
    std::copy(stored.values.begin() + begin, stored.values.begin() + end, result.data() + begin);
  });
  return result;
}

std::vector<std::string> Hdf5Reader::texts(const std::string& path, const char* attribute) const {
  const Handle object = open(path);
  if (H5Aexists(object, attribute) <= 0) return {};
  const Handle a(H5Aopen(object, attribute, H5P_DEFAULT), H5Aclose), type(H5Aget_type(a), H5Tclose),
      space(H5Aget_space(a), H5Sclose);
  const hssize_t count = H5Sget_simple_extent_npoints(space);
  const std::string place = fmt::format("{} attribute {}", path, attribute);
  if (count == 0) return {};  // whatever the type: h5py writes an empty list as floats
  if (H5Tget_class(type) != H5T_STRING || H5Tis_variable_str(type) <= 0 || count < 0) fail(place, "expected texts");
  std::vector<char*> pointers(static_cast<std::size_t>(count));
  if (H5Aread(a, type, pointers.data()) < 0) fail(place, "damaged");
  std::vector<std::string> result;
  for (const char* text : pointers) result.emplace_back(text == nullptr ? "" : text);
  H5Dvlen_reclaim(type, space, H5P_DEFAULT, pointers.data());
  if (!std::ranges::all_of(result, is_utf8)) fail(place, "not UTF-8");
  return result;
}

std::vector<bool> Hdf5Reader::booleans(const std::string& path) const {
  const Handle dataset = open(path);
  if (!is_boolean(path)) fail(path, "expected booleans");
  const Handle type(H5Dget_type(dataset), H5Tclose);
  const std::vector<Offset> shape = shape_of(dataset, path);
  if (shape.size() != 1) fail(path, "expected one boolean per row");
  std::vector<std::int8_t> values(static_cast<std::size_t>(shape[0]));
  if (!values.empty() && H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0)
    fail(path, "damaged");
  std::vector<bool> result;
  for (std::int8_t v : values) result.push_back(v != 0);
  return result;
}

bool Hdf5Reader::is_boolean(const std::string& path) const {
  const Handle dataset = open(path);
  const Handle type(H5Iget_type(dataset) == H5I_DATASET ? H5Dget_type(dataset) : -1, H5Tclose);
  return type.valid() && H5Tget_class(type) == H5T_ENUM;  // io::check lets no other enumeration pass
}

std::vector<std::int32_t> Hdf5Reader::classes(const std::string& path, std::vector<std::string>& names) const {
  const bool categorical = text(path, "encoding-type") == "categorical";
  const Stored<std::int32_t> codes = ids(categorical ? path + "/codes" : path);
  if (codes.shape.size() != 1) fail(path, "expected one class per row");
  if (categorical) names = strings(path + "/categories");
  const std::int64_t most = categorical ? std::int64_t(names.size()) : std::numeric_limits<std::int32_t>::max();
  for (std::size_t i = 0; i < codes.values.size(); ++i)
    if (codes.values[i] < -1 || codes.values[i] >= most)
      fail(path, fmt::format("row {} has class {}, expected one in [-1, {})", i, codes.values[i], most));
  return {codes.values.begin(), codes.values.end()};
}

}  // namespace pfm::io
