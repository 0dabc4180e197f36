#include <fcntl.h>
#include <fmt/format.h>
#include <pfm/io/line_blocks.h>
#include <pfm/io/text.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace pfm::io {
namespace {

constexpr std::size_t longest_line = std::size_t{1} << 30;
constexpr std::uint64_t inflated_freely = std::uint64_t{64} << 20, highest_ratio = 256;
constexpr std::size_t piece = 1 << 18;  // bytes of compressed data at a time

}  // namespace

// The bytes of the file, inflated where it is compressed.
struct LineBlocks::State {
  explicit State(const std::filesystem::path& path) : name(path.string()), file(open_regular(path)) {
    char first[2];
    gzip = ::pread(file, first, 2, 0) == 2 && first[0] == '\x1f' && first[1] == '\x8b';
    if (gzip && inflateInit2(&stream, 15 + 16) != Z_OK) throw std::bad_alloc();
    if (gzip) compressed.resize(piece);
  }
  ~State() {
    if (gzip) inflateEnd(&stream);
    ::close(file);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  [[noreturn]] void fail(const std::string& what) const {
    throw Error(Fault::input, fmt::format("{}: {}", name, what));
  }

  std::size_t read_raw(char* to, std::size_t size) {
    for (;;) {
      const ssize_t got = ::read(file, to, size);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) fail(fmt::format("cannot be read: {}", std::strerror(errno)));
      raw += std::uint64_t(got);
      return std::size_t(got);
    }
  }

  // Fills as much of `to` as the file gives; less than `size` only at its end.
  std::size_t read(char* to, std::size_t size) {
    std::size_t done = 0;
    while (done < size) {
      const std::size_t got = gzip ? inflate_some(to + done, size - done) : read_raw(to + done, size - done);
      if (got == 0) break;
      done += got;
      if (begun || done < 3) continue;
      begun = true;
      const std::string_view text = without_mark({to, done});
      std::copy(text.begin(), text.end(), to);
      done = text.size();
    }
    return done;
  }

  std::size_t inflate_some(char* to, std::size_t size) {
    stream.next_out = reinterpret_cast<Bytef*>(to);
    stream.avail_out = uInt(std::min<std::size_t>(size, 1 << 30));
    const uInt before = stream.avail_out;
    while (stream.avail_out == before && !ended) {
      if (stream.avail_in == 0) {
        stream.next_in = reinterpret_cast<Bytef*>(compressed.data());
        stream.avail_in = uInt(read_raw(compressed.data(), piece));
        if (stream.avail_in == 0 && !between_members) fail("gzip data end too early");
        if (stream.avail_in == 0) ended = true;
        if (ended) break;
      }
      if (between_members) inflateReset(&stream);
      between_members = false;
      const int status = inflate(&stream, Z_NO_FLUSH);
      if (status == Z_STREAM_END)
        between_members = true;
      else if (status != Z_OK && status != Z_BUF_ERROR)
        fail("damaged gzip data");
    }
    inflated += before - stream.avail_out;
    if (inflated > inflated_freely && inflated / highest_ratio > raw)
      fail(fmt::format("gzip data that inflate to more than {} times their size", highest_ratio));
    return before - stream.avail_out;
  }

  std::string name;
  int file = -1;
  bool begun = false, gzip = false, between_members = false, ended = false;
  z_stream stream{};
  std::string compressed;
  std::uint64_t raw = 0, inflated = 0;
};

LineBlocks::LineBlocks(std::filesystem::path path, std::size_t block_bytes)
    : path_(std::move(path)), block_bytes_(block_bytes), state_(std::make_unique<State>(path_)) {}
LineBlocks::~LineBlocks() = default;

// What `block` held is overwritten in place: filling it with zeros first would cost a tenth of the reading.
bool LineBlocks::next(std::string& block) {
  std::size_t length = tail_.size();
  block.resize(std::max(block.size(), length));
  std::ranges::copy(tail_, block.begin());
  tail_.clear();
  for (;;) {
    block.resize(std::max(block.size(), length + block_bytes_));
    const std::size_t got = state_->read(block.data() + length, block_bytes_);
    const std::size_t before = length;
    length += got;
    if (got < block_bytes_) return block.resize(length), length > 0;
    const std::size_t end = std::string_view(block).substr(before, got).rfind('\n');
    if (end != std::string::npos) {
      tail_.assign(block, before + end + 1, length - (before + end + 1));
      block.resize(before + end + 1);
      return true;
    }
    if (length > longest_line) state_->fail("a line of more than 1 GiB");
  }
}

std::string read_text(const std::filesystem::path& path) {
  LineBlocks blocks(path);
  std::string all, block;
  while (blocks.next(block)) all += block;
  return all;
}

}  // namespace pfm::io
