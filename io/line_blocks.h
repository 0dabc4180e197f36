// A text file as blocks of whole lines, plain or gzip (by its first bytes), in constant memory. A byte order mark of
// UTF-8 before the text is left out.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace pfm::io {

class LineBlocks {
 public:
  // Missing, unreadable, a directory, a pipe: Error(Fault::input), here and below.
  explicit LineBlocks(std::filesystem::path path, std::size_t block_bytes = 4 << 20);
  ~LineBlocks();
  LineBlocks(const LineBlocks&) = delete;
  LineBlocks& operator=(const LineBlocks&) = delete;

  // The next lines, `block_bytes` or a little more; a line that is longer makes a longer block (1 GiB at most). False
  // at the end. Damaged gzip data and data that inflate to more than 256 times their size (beyond 64 MiB) are refused.
  bool next(std::string& block);
  const std::filesystem::path& path() const { return path_; }

 private:
  struct State;
  std::filesystem::path path_;
  std::size_t block_bytes_;
  std::string tail_;  // the begin of a line
  std::unique_ptr<State> state_;
};

std::string read_text(const std::filesystem::path& path);  // all of it

}  // namespace pfm::io
