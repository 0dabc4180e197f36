// XXH3 (64 bits) as 16 hexadecimal digits: guards against accidents, not against intent.
#pragma once
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace pfm::io {

class RunningChecksum {  // of bytes that come in pieces
 public:
  RunningChecksum();
  ~RunningChecksum();
  void add(std::string_view bytes);
  std::string result() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string checksum(std::span<const std::byte> bytes);
std::string checksum(std::span<const std::string> strings);  // of all, each ended by a zero byte
// Of a file's content, or of a folder's files in the order of their names (names included, folders in it not).
std::string checksum_of_file(const std::filesystem::path& path);

}  // namespace pfm::io
