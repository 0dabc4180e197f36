#include <hdf5.h>
#include <pfm/io/global_heap.h>
#include <pfm/kernels/error.h>

#include <algorithm>
#include <cstring>

namespace pfm::io {
namespace {

constexpr std::size_t reference_bytes = 16;  // length 4, address 8, number 4; little endian
constexpr std::uint64_t header = 16;         // of a collection: "GCOL", version, 3 reserved, size 8
constexpr std::uint64_t text_header = 16;    // number 2, uses 2, 4 reserved, length 8
constexpr std::uint64_t smallest = 4096;     // bytes of a collection

template <class T>
T at(const char* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

// The conversion from a text of variable length to opaque bytes: none.
herr_t keep(hid_t, hid_t to, H5T_cdata_t* step, std::size_t, std::size_t, std::size_t, void*, void*, hid_t) {
  if (step->command != H5T_CONV_INIT) return 0;
  step->need_bkg = H5T_BKG_NO;
  return H5Tget_size(to) == reference_bytes ? 0 : -1;
}

bool plain(hid_t file) {
  const hdf5::Handle creation(H5Fget_create_plist(file), H5Pclose);
  std::size_t address = 0, length = 0;
  hsize_t before = 0;
  return H5Pget_sizes(creation, &address, &length) >= 0 && address == 8 && length == 8 &&
         H5Pget_userblock(creation, &before) >= 0 && before == 0;
}

[[noreturn]] void refuse() { throw Error(Fault::input, "a collection of texts of variable length is damaged"); }

}  // namespace

GlobalHeaps::GlobalHeaps(hdf5::Id file, const std::filesystem::path& path)
    : in_(path, std::ios::binary),
      bytes_(std::filesystem::file_size(path)),
      plain_(plain(file)),
      reference_(H5Tcreate(H5T_OPAQUE, reference_bytes), H5Tclose) {
  const hdf5::Handle text(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(text, H5T_VARIABLE);
  expect(H5Tregister(H5T_PERS_SOFT, "reference", text, reference_, keep) >= 0, "libhdf5 takes no conversion");
}

std::string GlobalHeaps::fault(hdf5::Id type, std::int64_t count, const std::function<int(hdf5::Id, void*)>& read) try {
  if (!plain_) return "texts of variable length in a file with a user block or with addresses of other than 8 bytes";
  const hdf5::Handle character(H5Tget_super(type), H5Tclose);
  if (!character.valid() || H5Tget_size(character) != 1) return "texts of characters that are not bytes";
  std::vector<char> references(static_cast<std::size_t>(count) * reference_bytes);
  if (count > 0 && read(reference_, references.data()) < 0) return "its references to texts are damaged";
  for (const char* r = references.data(); r != references.data() + references.size(); r += reference_bytes) {
    const auto address = at<std::uint64_t>(r + 4);
    if (address == 0) continue;  // no text
    const Lengths& lengths = collection(address);
    const auto number = at<std::uint32_t>(r + 12);
    const auto found = std::ranges::lower_bound(lengths, number, {}, &Lengths::value_type::first);
    if (found == lengths.end() || found->first != number) return "a reference to a text that is not there";
    if (found->second != at<std::uint32_t>(r)) return "a reference states another length than its text has";
  }
  return "";
} catch (const Error& error) {
  return error.what();
}

const GlobalHeaps::Lengths& GlobalHeaps::collection(std::uint64_t address) {
  if (const auto known = collections_.find(address); known != collections_.end()) return known->second;
  if (bytes_ < header || address > bytes_ - header) refuse();
  char first[header];
  if (!in_.seekg(std::streamoff(address)).read(first, header) || std::memcmp(first, "GCOL\1", 5) != 0) refuse();
  const auto size = at<std::uint64_t>(first + 8);
  if (size < smallest || size > bytes_ - address) refuse();
  std::vector<char> all(size);
  if (!in_.seekg(std::streamoff(address)).read(all.data(), std::streamsize(size))) refuse();
  Lengths lengths;
  for (std::uint64_t p = header; p + text_header <= size;) {
    const auto number = at<std::uint16_t>(&all[p]);
    const auto length = at<std::uint64_t>(&all[p + 8]);
    // Number 0 is the room that is left, whose length counts its own header; texts are filled up to 8 bytes.
    if (length > size - p) refuse();
    const std::uint64_t taken = number == 0 ? length : text_header + (length + 7) / 8 * 8;
    if (taken < text_header || taken > size - p) refuse();
    if (number != 0) lengths.emplace_back(number, length);
    p += taken;
  }
  std::ranges::sort(lengths);
  if (std::ranges::adjacent_find(lengths, {}, &Lengths::value_type::first) != lengths.end()) refuse();
  return collections_.emplace(address, std::move(lengths)).first->second;
}

}  // namespace pfm::io
