#include <fmt/format.h>
#include <pfm/io/checksum.h>
#include <pfm/io/text.h>
#include <xxhash.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace pfm::io {
namespace {

std::string digits(XXH64_hash_t hash) { return fmt::format("{:016x}", hash); }

class Running {
 public:
  Running() : state_(XXH3_createState(), XXH3_freeState) { XXH3_64bits_reset(state_.get()); }
  void add(std::string_view bytes) { XXH3_64bits_update(state_.get(), bytes.data(), bytes.size()); }
  std::string result() const { return digits(XXH3_64bits_digest(state_.get())); }

 private:
  std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state_;
};

}  // namespace

std::string checksum(std::span<const std::byte> bytes) { return digits(XXH3_64bits(bytes.data(), bytes.size())); }

std::string checksum(std::span<const std::string> strings) {
  Running hash;
  for (const std::string& s : strings) hash.add({s.c_str(), s.size() + 1});
  return hash.result();
}

std::string checksum_of_file(const std::filesystem::path& path) {
  namespace fs = std::filesystem;
  if (!fs::is_directory(path)) {
    const std::string content = read_file(path);
    return checksum(std::as_bytes(std::span(content)));
  }
  std::error_code error;
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(path, error))
    if (entry.is_regular_file(error)) files.push_back(entry.path());
  if (error) throw Error(Fault::input, fmt::format("{}: cannot be read: {}", path.string(), error.message()));
  std::ranges::sort(files);
  Running hash;
  for (const fs::path& file : files) {
    const std::string name = file.lexically_relative(path).string();
    hash.add({name.c_str(), name.size() + 1});
    hash.add(read_file(file));
  }
  return hash.result();
}

}  // namespace pfm::io
