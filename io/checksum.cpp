#include <fmt/format.h>
#include <pfm/io/checksum.h>
#include <pfm/io/text.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

namespace pfm::io {
namespace {

std::string digits(XXH64_hash_t hash) { return fmt::format("{:016x}", hash); }

}  // namespace

struct RunningChecksum::State {
  std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> running{XXH3_createState(), XXH3_freeState};
};

RunningChecksum::RunningChecksum() : state_(std::make_unique<State>()) { XXH3_64bits_reset(state_->running.get()); }
RunningChecksum::~RunningChecksum() = default;
void RunningChecksum::add(std::string_view bytes) {
  XXH3_64bits_update(state_->running.get(), bytes.data(), bytes.size());
}
std::string RunningChecksum::result() const { return digits(XXH3_64bits_digest(state_->running.get())); }

std::string checksum(std::span<const std::byte> bytes) { return digits(XXH3_64bits(bytes.data(), bytes.size())); }

std::string checksum(std::span<const std::string> strings) {
  RunningChecksum hash;
  for (const std::string& s : strings) hash.add({s.c_str(), s.size() + 1});
  return hash.result();
}

static void add_file(RunningChecksum& hash, const std::filesystem::path& path) {
  const int file = open_regular(path);
  std::string piece(1 << 20, '\0');
  ssize_t got = 0;
  while ((got = ::read(file, piece.data(), piece.size())) > 0 || (got < 0 && errno == EINTR))
    if (got > 0) hash.add({piece.data(), std::size_t(got)});
  const int error = errno;
  ::close(file);
  if (got < 0) throw Error(Fault::input, fmt::format("{}: cannot be read: {}", path.string(), std::strerror(error)));
}

std::string checksum_of_file(const std::filesystem::path& path) {
  namespace fs = std::filesystem;
  if (!fs::is_directory(path)) {
    RunningChecksum hash;
    add_file(hash, path);
    return hash.result();
  }
  std::error_code error;
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(path, error))
    if (entry.is_regular_file(error)) files.push_back(entry.path());
  if (error) throw Error(Fault::input, fmt::format("{}: cannot be read: {}", path.string(), error.message()));
  std::ranges::sort(files);
  RunningChecksum hash;
  for (const fs::path& file : files) {
    const std::string name = file.lexically_relative(path).string();
    hash.add({name.c_str(), name.size() + 1});
    add_file(hash, file);
  }
  return hash.result();
}

}  // namespace pfm::io
