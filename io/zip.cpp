#include <fmt/format.h>
#include <pfm/io/atomic_file.h>
#include <pfm/io/text.h>
#include <pfm/io/zip.h>
#include <unistd.h>
#include <zip.h>

#include <algorithm>
#include <fstream>

namespace pfm::io {
namespace {

constexpr zip_int64_t most_members = 1000;
constexpr std::uint64_t inflated_freely = std::uint64_t{64} << 20, highest_ratio = 256;

}  // namespace

struct ZipReader::State {
  zip_t* archive = nullptr;
  std::vector<std::uint64_t> sizes;  // of the members
  ~State() {
    if (archive != nullptr) zip_discard(archive);
  }
};

bool is_zip(const std::filesystem::path& path) {
  std::error_code none;
  if (!std::filesystem::is_regular_file(path, none)) return false;
  char first[4] = {};
  std::ifstream in(path, std::ios::binary);
  return in.read(first, 4) && std::string_view(first, 4) == "PK\x03\x04";
}

void ZipReader::fail(const std::string& what) const { throw Error(Fault::input, fmt::format("{}: {}", name_, what)); }

ZipReader::ZipReader(const std::filesystem::path& path) : name_(path.string()), state_(std::make_unique<State>()) {
  const int file = open_regular(path);
  const off_t end = ::lseek(file, 0, SEEK_END);
  ::lseek(file, 0, SEEK_SET);
  int error = 0;
  state_->archive = zip_fdopen(file, ZIP_CHECKCONS, &error);  // from here on the archive closes the file
  if (state_->archive == nullptr) {
    ::close(file);
    fail("not a ZIP archive, or a damaged one");
  }
  const zip_int64_t count = zip_get_num_entries(state_->archive, 0);
  if (count > most_members) fail(fmt::format("found {} members, expected at most {}", count, most_members));
  std::uint64_t total = 0;
  for (zip_int64_t i = 0; i < count; ++i) {
    zip_stat_t about;
    if (zip_stat_index(state_->archive, zip_uint64_t(i), 0, &about) != 0 || (about.valid & ZIP_STAT_SIZE) == 0 ||
        (about.valid & ZIP_STAT_NAME) == 0)
      fail("a damaged directory of members");
    if (__builtin_add_overflow(total, about.size, &total)) fail("sizes that no memory has");
    members_.emplace_back(about.name);
    state_->sizes.push_back(about.size);
  }
  if (total > inflated_freely && total / highest_ratio > std::uint64_t(end))
    fail(fmt::format("members that inflate to more than {} times the file's size", highest_ratio));
}

ZipReader::~ZipReader() = default;

bool ZipReader::has(const std::string& member) const { return std::ranges::find(members_, member) != members_.end(); }

std::string ZipReader::read(const std::string& member) const {
  const auto found = std::ranges::find(members_, member);
  if (found == members_.end()) fail(fmt::format("has no {}", member));
  const auto index = std::size_t(found - members_.begin());
  zip_file_t* file = zip_fopen_index(state_->archive, index, 0);
  if (file == nullptr) fail(fmt::format("{}: damaged, encrypted or compressed in an unknown way", member));
  const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> closed(file, zip_fclose);
  std::string content(state_->sizes[index], '\0');
  std::size_t done = 0;
  for (zip_int64_t got = 1; done < content.size() && got > 0; done += std::size_t(std::max<zip_int64_t>(0, got)))
    got = zip_fread(file, content.data() + done, content.size() - done);
  char more = 0;  // the checksum is compared at the end of the member
  if (done != content.size() || zip_fread(file, &more, 1) != 0) fail(fmt::format("{}: damaged", member));
  return content;
}

namespace {

// An archive that libzip builds in memory.
struct Building {
  zip_source_t* buffer = nullptr;
  zip_t* archive = nullptr;
  ~Building() {
    if (archive != nullptr) zip_discard(archive);
    if (buffer != nullptr) zip_source_free(buffer);
  }
};

}  // namespace

void write_zip(const std::filesystem::path& path, const std::map<std::string, std::string>& members) {
  AtomicFile out(path);
  auto must = [&](bool done) {
    if (!done) throw Error(Fault::writing, fmt::format("{}: libzip cannot write it", path.string()));
  };
  Building zip;
  zip.buffer = zip_source_buffer_create(nullptr, 0, 0, nullptr);
  must(zip.buffer != nullptr);
  zip_source_keep(zip.buffer);  // closing the archive frees one reference
  zip.archive = zip_open_from_source(zip.buffer, ZIP_CREATE | ZIP_TRUNCATE, nullptr);
  must(zip.archive != nullptr);
  for (const auto& [name, content] : members) {
    zip_source_t* source = zip_source_buffer(zip.archive, content.data(), content.size(), 0);
    must(source != nullptr);
    const zip_int64_t index = zip_file_add(zip.archive, name.c_str(), source, ZIP_FL_ENC_UTF_8);
    if (index < 0) zip_source_free(source);
    must(index >= 0);
    must(zip_file_set_dostime(zip.archive, zip_uint64_t(index), 0, 0x21, 0) == 0);  // 1 January 1980, ZIP's first day
  }
  must(zip_close(zip.archive) == 0);
  zip.archive = nullptr;
  must(zip_source_open(zip.buffer) == 0);
  std::string piece(1 << 20, '\0');
  zip_int64_t got = 0;
  while ((got = zip_source_read(zip.buffer, piece.data(), piece.size())) > 0)
    out.write(std::string_view(piece.data(), std::size_t(got)));
  zip_source_close(zip.buffer);
  must(got == 0);
  out.commit();
}

}  // namespace pfm::io
