#include <fmt/format.h>
#include <hdf5.h>
#include <pfm/io/check.h>
#include <pfm/io/global_heap.h>
#include <pfm/io/hdf5.h>
#include <pfm/io/limited_child.h>
#include <pfm/io/text.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <set>
#include <vector>

namespace pfm::io {
namespace {

using hdf5::Handle;

constexpr int deepest = 32;
constexpr std::int64_t deflate_at_most = 1032;        // to 1, the format's own limit
constexpr std::int64_t small = 1 << 20;               // bytes of a contiguous array that the child reads
constexpr std::int64_t largest_chunk = 256 << 20;     // bytes
constexpr std::int64_t largest_attribute = 16 << 20;  // bytes

struct Refusal : std::runtime_error {
  using runtime_error::runtime_error;
};

// Walks everything below the root, in the child.
class Walk {
 public:
  Walk(hid_t file, const std::filesystem::path& path, std::int64_t bytes)
      : file_(file), bytes_(bytes), heaps_(file, path) {}

  void object(const std::string& path, int depth) {
    must(depth <= deepest, path, "groups lie too deep");
    must(++objects_ <= 16 + bytes_ / 16, path, "more objects than the file has room for");
    const Handle id(H5Oopen(file_, path.c_str(), H5P_DEFAULT), H5Oclose);
    must(id.valid(), path, "it cannot be opened: damaged");
    H5O_info_t about{};
    must(H5Oget_info2(id, &about, H5O_INFO_BASIC) >= 0, path, "it cannot be opened: damaged");
    must(std::ranges::count(ancestors_, about.addr) == 0, path, "a group that holds itself");
    if (!seen_.insert(about.addr).second) return;
    attributes(id, path);
    if (about.type == H5O_TYPE_DATASET) return dataset(id, path);
    must(about.type == H5O_TYPE_GROUP, path, "a named type, expected groups and arrays only");
    ancestors_.push_back(about.addr);
    for (const std::string& name : links(id, path)) object(path == "/" ? "/" + name : path + "/" + name, depth + 1);
    ancestors_.pop_back();
  }

 private:
  static void must(bool holds, const std::string& path, const std::string& what) {
    if (!holds) throw Refusal(path + ": " + what);
  }

  static std::vector<std::string> links(hid_t group, const std::string& path) {
    struct Found {
      std::vector<std::string> names;
      bool hard = true;
    } found;
    auto visit = [](hid_t, const char* name, const H5L_info_t* link, void* data) -> herr_t {
      auto& out = *static_cast<Found*>(data);
      out.hard = out.hard && link->type == H5L_TYPE_HARD;
      out.names.emplace_back(name);
      return 0;
    };
    must(H5Literate(group, H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, visit, &found) >= 0, path, "its links are damaged");
    must(found.hard, path, "a soft or external link, expected the data in this file");
    return found.names;
  }

  void attributes(hid_t object, const std::string& path) {
    H5O_info_t about{};
    must(H5Oget_info2(object, &about, H5O_INFO_NUM_ATTRS) >= 0, path, "its attributes are damaged");
    must(about.num_attrs <= 4096, path, "too many attributes");
    for (hsize_t i = 0; i < about.num_attrs; ++i) {
      const Handle a(H5Aopen_by_idx(object, ".", H5_INDEX_NAME, H5_ITER_NATIVE, i, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
      must(a.valid(), path, "an attribute is damaged");
      const Handle type(H5Aget_type(a), H5Tclose), space(H5Aget_space(a), H5Sclose);
      const std::string place = path + " (an attribute)";
      allowed_type(type, place);
      const std::int64_t bytes = declared_bytes(type, space, path);
      must(bytes <= largest_attribute && bytes <= bytes_, path, "an attribute larger than the file");
      read(type, space, bytes, place, [&](hid_t memory, void* to) { return H5Aread(a, memory, to); });
    }
  }

  static void allowed_type(hid_t type, const std::string& path) {
    must(type >= 0 && H5Tcommitted(type) == 0, path, "a named type");
    const H5T_class_t kind = H5Tget_class(type);
    if (kind == H5T_ENUM) {
      const Handle base(H5Tget_super(type), H5Tclose);
      must(H5Tget_nmembers(type) == 2 && H5Tget_size(base) == 1 && member(type, 0) == "FALSE" &&
               member(type, 1) == "TRUE",
           path, "an enumeration other than a boolean");
      return;
    }
    must(kind == H5T_INTEGER || kind == H5T_FLOAT || kind == H5T_STRING, path,
         "a type other than numbers, strings and booleans");
    must(kind == H5T_STRING || H5Tget_size(type) <= 8, path, "numbers of more than 64 bits");
  }

  static std::string member(hid_t type, unsigned index) {
    char* name = H5Tget_member_name(type, index);
    std::string result = name == nullptr ? "" : name;
    H5free_memory(name);
    return result;
  }

  static std::int64_t declared_bytes(hid_t type, hid_t space, const std::string& path) {
    const hssize_t count = space < 0 ? -1 : H5Sget_simple_extent_npoints(space);
    std::int64_t bytes = 0;
    must(count >= 0 && H5Tget_size(type) > 0 && !__builtin_mul_overflow(count, std::int64_t(H5Tget_size(type)), &bytes),
         path, "a size that no memory has");
    // The library's product of the sizes may have wrapped around: multiply again.
    hsize_t sizes[H5S_MAX_RANK];
    const int rank = H5Sget_simple_extent_dims(space, sizes, nullptr);
    must(rank >= 0, path, "a damaged shape");
    std::int64_t product = 1;
    for (int i = 0; i < rank; ++i)
      must(sizes[i] <= hsize_t(INT64_MAX) && !__builtin_mul_overflow(product, std::int64_t(sizes[i]), &product), path,
           "a size that no memory has");
    must(H5Sget_simple_extent_type(space) == H5S_NULL || product == count, path, "a damaged shape");
    return bytes;
  }

  template <class Read>
  void read(hid_t type, hid_t space, std::int64_t bytes, const std::string& path, Read run) {
    if (H5Tis_variable_str(type) > 0) {
      const std::string fault = heaps_.fault(type, bytes / std::int64_t(H5Tget_size(type)), run);
      must(fault.empty(), path, fault);
    }
    std::vector<char> buffer(std::size_t(bytes) + 1);
    must(run(type, buffer.data()) >= 0, path, "its content is damaged");
    if (H5Tis_variable_str(type) > 0) H5Dvlen_reclaim(type, space, H5P_DEFAULT, buffer.data());
  }

  void dataset(hid_t id, const std::string& path) {
    const Handle type(H5Dget_type(id), H5Tclose), space(H5Dget_space(id), H5Sclose),
        creation(H5Dget_create_plist(id), H5Pclose);
    must(type.valid() && space.valid() && creation.valid(), path, "a damaged array");
    allowed_type(type, path);
    const std::int64_t bytes = declared_bytes(type, space, path);
    const H5D_layout_t layout = H5Pget_layout(creation);
    must(layout != H5D_VIRTUAL, path, "a virtual data set, expected the data in this file");
    must(layout == H5D_CONTIGUOUS || layout == H5D_COMPACT || layout == H5D_CHUNKED, path, "an unknown layout");
    must(H5Pget_external_count(creation) == 0, path, "external storage, expected the data in this file");
    const bool deflated = filters(creation, path);
    const auto stored = std::int64_t(H5Dget_storage_size(id));
    must(stored >= 0 && stored <= bytes_, path, "more bytes than the file has");
    must(bytes <= bytes_ * (deflated ? deflate_at_most : 8), path, "a declared size far beyond the file");
    if (layout == H5D_CHUNKED) chunk(creation, type, path);
    const bool variable = H5Tis_variable_str(type) > 0;
    H5D_fill_value_t fill = H5D_FILL_VALUE_ERROR;
    must(!variable || (H5Pfill_value_defined(creation, &fill) >= 0 && fill != H5D_FILL_VALUE_USER_DEFINED), path,
         "texts of variable length with a value to fill in, expected none");
    if (layout == H5D_CONTIGUOUS && stored > 0 && !variable) {
      const haddr_t at = H5Dget_offset(id);
      must(stored == bytes && at != HADDR_UNDEF && at <= haddr_t(bytes_) && haddr_t(bytes) <= haddr_t(bytes_) - at,
           path, "an array that reaches beyond the file");
      if (bytes > small) return;
    }
    if (variable || layout != H5D_CHUNKED) return read_whole(id, type, space, bytes, path);
    read_slabs(id, type, space, path);
  }

  static bool filters(hid_t creation, const std::string& path) {
    const int count = H5Pget_nfilters(creation);
    must(count >= 0 && count <= 8, path, "damaged filters");
    bool deflated = false;
    for (int i = 0; i < count; ++i) {
      unsigned flags = 0, configuration = 0;
      std::size_t values = 0;
      const H5Z_filter_t filter =
          H5Pget_filter2(creation, unsigned(i), &flags, &values, nullptr, 0, nullptr, &configuration);
      must(filter == H5Z_FILTER_SHUFFLE || filter == H5Z_FILTER_DEFLATE, path,
           "a filter other than shuffle and deflate");
      must(filter != H5Z_FILTER_DEFLATE || !deflated, path, "deflated twice");
      deflated = deflated || filter == H5Z_FILTER_DEFLATE;
    }
    return deflated;
  }

  static void chunk(hid_t creation, hid_t type, const std::string& path) {
    hsize_t sizes[H5S_MAX_RANK];
    const int rank = H5Pget_chunk(creation, H5S_MAX_RANK, sizes);
    must(rank > 0, path, "damaged chunks");
    auto bytes = std::int64_t(H5Tget_size(type));
    for (int i = 0; i < rank; ++i)
      must(sizes[i] <= hsize_t(largest_chunk) && !__builtin_mul_overflow(bytes, std::int64_t(sizes[i]), &bytes) &&
               bytes <= largest_chunk,
           path, "chunks too large");
  }

  void read_whole(hid_t id, hid_t type, hid_t space, std::int64_t bytes, const std::string& path) {
    read(type, space, bytes, path,
         [&](hid_t memory, void* to) { return H5Dread(id, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, to); });
  }

  // Rows at a time, so that a compressed array does not have to fit.
  void read_slabs(hid_t id, hid_t type, hid_t space, const std::string& path) {
    hsize_t sizes[H5S_MAX_RANK], start[H5S_MAX_RANK] = {}, count[H5S_MAX_RANK];
    const int rank = H5Sget_simple_extent_dims(space, sizes, nullptr);
    must(rank > 0, path, "a damaged shape");
    std::int64_t row = std::int64_t(H5Tget_size(type));
    for (int i = 0; i < rank; ++i) count[i] = sizes[i];
    for (int i = 1; i < rank; ++i) row *= std::int64_t(std::max<hsize_t>(1, sizes[i]));
    const auto rows = hsize_t(std::max<std::int64_t>(1, largest_chunk / 4 / row));
    for (start[0] = 0; start[0] < sizes[0]; start[0] += rows) {
      count[0] = std::min(rows, sizes[0] - start[0]);
      const Handle from(H5Scopy(space), H5Sclose), to(H5Screate_simple(rank, count, nullptr), H5Sclose);
      H5Sselect_hyperslab(from, H5S_SELECT_SET, start, nullptr, count, nullptr);
      read(type, to, row * std::int64_t(count[0]), path,
           [&](hid_t memory, void* buffer) { return H5Dread(id, memory, to, from, H5P_DEFAULT, buffer); });
    }
  }

  hid_t file_;
  std::int64_t bytes_, objects_ = 0;
  std::vector<haddr_t> ancestors_;
  std::set<haddr_t> seen_;
  GlobalHeaps heaps_;
};

std::string walk(const std::filesystem::path& path, std::int64_t bytes) {
  const hdf5::Quiet quiet;
  const Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  if (!file.valid()) return "damaged, or not HDF5";
  Walk(file, path, bytes).object("/", 0);
  return "";
}

}  // namespace

bool is_hdf5(const std::filesystem::path& path) {
  constexpr char magic[] = "\x89HDF\r\n\x1a\n";
  char first[8] = {};
  std::error_code none;
  if (!std::filesystem::is_regular_file(path, none)) return false;
  std::ifstream in(path, std::ios::binary);
  return in.read(first, 8) && std::memcmp(first, magic, 8) == 0;
}

void check(const std::filesystem::path& path) {
  auto refuse = [&](const std::string& why) { throw Error(Fault::input, path.string() + ": " + why); };
  struct stat about {};
  if (::stat(path.c_str(), &about) != 0) refuse(fmt::format("cannot be read: {}", std::strerror(errno)));
  if (!S_ISREG(about.st_mode)) refuse("not a regular file, expected an HDF5 file");
  if (!is_hdf5(path)) refuse("not an HDF5 file (its first bytes say so)");
  const std::int64_t bytes = about.st_size;
  const int seconds = int(std::min<std::int64_t>(bytes / (50 << 20), 3600));
  const Limits limits{
      .memory = (std::int64_t{1} << 30) + 8 * bytes, .cpu_seconds = 2 + seconds, .wall_seconds = 10 + 4 * seconds};
  if (const std::string why = in_child(limits, [&] { return walk(path, bytes); }); !why.empty())
    refuse(why + "; refused before reading");
}

}  // namespace pfm::io
