#include <pfm/graph/stream.h>
#include <pfm/io/id_set.h>
#include <pfm/io/integer_edges.h>
#include <pfm/io/text.h>
#include <pfm/kernels/parallel.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

namespace pfm::io {
namespace {

constexpr std::uint32_t most = std::numeric_limits<NodeId>::max() - 1;
constexpr Offset edges_a_block = Offset{1} << 20;  // a line of an edge takes at least 4 bytes

struct Block {
  std::string text;
  bool header = false;  // its first line is one
  std::vector<Edge> edges;
  std::vector<Real> weights;
};

// One block of lines; false at the first line that is none of an edge.
class Lines {
 public:
  Lines(const std::string& text, char delimiter) : at_(text.data()), end_(at_ + text.size()) {
    for (int c = 0; c < 256; ++c) separates_[std::size_t(c)] = separates(char(c), delimiter);
  }

  // The first line that is no comment.
  void skip_header() {
    skip_blanks();
    while (at_ < end_ && comment()) skip_line(), skip_blanks();
    skip_line();
  }

  bool edges(std::vector<Edge>& edges, std::vector<Real>* weights) {
    for (;;) {
      skip_blanks();
      if (at_ == end_) return true;
      if (comment()) {
        skip_line();
        continue;
      }
      std::uint32_t u = 0, v = 0;
      if (!number(u) || !gap() || !number(v)) return false;
      if (weights != nullptr && (!gap() || !weight(*weights))) return false;
      while (at_ < end_ && between(*at_)) ++at_;
      if (at_ < end_ && *at_ != '\n') return false;
      edges.push_back({NodeId(u), NodeId(v)});
    }
  }

 private:
  void skip_line() {
    const void* found = std::memchr(at_, '\n', std::size_t(end_ - at_));
    at_ = found == nullptr ? end_ : static_cast<const char*>(found) + 1;
  }

  void skip_blanks() {
    while (at_ < end_ && (*at_ == '\n' || between(*at_))) ++at_;
  }
  bool comment() const { return *at_ == '#' || *at_ == '%'; }
  bool between(char c) const { return separates_[static_cast<unsigned char>(c)]; }
  bool gap() {
    const char* begin = at_;
    while (at_ < end_ && between(*at_)) ++at_;
    return at_ != begin;
  }
  // Up to seven digits that eight bytes hold with their end, without a branch on how many they are: the first digit is
  // in the lowest byte; neighbours are joined to pairs, fours, eight (Lemire's parse of eight digits).
  bool number(std::uint32_t& value) {
    static_assert(most >= 9'999'999 && std::endian::native == std::endian::little);
    if (end_ - at_ < 8) return long_number(value);
    std::uint64_t digits;
    std::memcpy(&digits, at_, 8);
    digits ^= 0x3030303030303030;
    const std::uint64_t others = ((digits + 0x7676767676767676) | digits) & 0x8080808080808080;  // bytes above 9
    const int count = std::countr_zero(others) / 8;
    if (count == 0 || count == 8) return long_number(value);
    digits <<= 64 - 8 * count;
    digits = (digits * (1 + (10 << 8)) >> 8) & 0x00ff00ff00ff00ff;
    digits = (digits * (1 + (100 << 16)) >> 16) & 0x0000ffff0000ffff;
    value = std::uint32_t(digits * (1 + (std::uint64_t{10000} << 32)) >> 32);
    at_ += count;
    return true;
  }
  bool long_number(std::uint32_t& value) {
    std::uint64_t sum = 0;
    const char* begin = at_;
    for (; at_ < end_; ++at_) {
      const auto digit = static_cast<unsigned char>(*at_ - '0');
      if (digit > 9) break;
      sum = 10 * sum + digit;
    }
    value = std::uint32_t(sum);
    return at_ != begin && at_ - begin <= 18 && sum <= most;
  }
  bool weight(std::vector<Real>& weights) {
    if (at_ < end_ && *at_ == '+') ++at_;
    double value = 0;
    const auto [end, error] = std::from_chars(at_, end_, value);
    if (error != std::errc() || !std::isfinite(Real(value))) return false;
    weights.push_back(Real(value));
    at_ = end;
    return true;
  }

  const char* at_;
  const char* end_;
  std::array<bool, 256> separates_{};
};

// body(block, i) for block i of the files with its edges; false where some line is none of an edge.
template <class Body>
bool each_block(Paths paths, const ReadRules& rules, bool weighted, bool skip_first, Body body) {
  std::atomic<bool> usual = true;
  std::size_t file = 0;
  std::optional<LineBlocks> blocks;
  auto next = [&](Block& block) {
    while (usual && file < paths.size()) {
      block.header = skip_first && !blocks;
      if (!blocks) blocks.emplace(paths[file]);
      if (blocks->next(block.text)) return true;
      blocks.reset();
      ++file;
    }
    return false;
  };
  parallel_items<Block>(next, [&](Block& block, Offset i) {
    auto& [text, header, edges, weights] = block;
    edges.clear(), weights.clear();
    Lines lines(text, rules.delimiter);
    if (header) lines.skip_header();
    if (!lines.edges(edges, weighted ? &weights : nullptr) || Offset(edges.size()) >= edges_a_block ||
        (weighted && i >= Offset{1} << 14)) {
      usual = false;
      return;
    }
    body(block, i);
  });
  return usual;
}

// Whether a table of the ids is larger than the edges.
bool scattered(Offset nodes, NodeId highest) { return Offset(highest) + 1 > 4 * nodes + (Offset{1} << 24); }

}  // namespace

std::optional<IntegerEdges> read_integer_edges(Paths paths, const ReadRules& rules, bool weighted, bool skip_first) {
  GraphStream stream(rules.build(), weighted ? GraphStream::Keep::ordered : GraphStream::Keep::ends);
  IdSet ids;
  const bool usual = each_block(paths, rules, weighted, skip_first, [&](const Block& block, Offset i) {
    ids.add(block.edges);
    stream.add(block.edges, weighted ? i * edges_a_block : 0, block.weights);
  });
  const Offset count = ids.count();
  if (!usual || scattered(count, ids.highest())) return std::nullopt;
  IntegerEdges result;
  if (count <= ids.highest()) {
    result.graph = stream.finish(ids.ranks(), weighted);
    result.ids = ids.members();
  } else {
    result.graph = stream.finish(NodeId(count), weighted);
  }
  return result;
}

std::optional<EdgeListSize> count_integer_edges(Paths paths, const ReadRules& rules, bool weighted, bool skip_first) {
  IdSet ids;
  std::atomic<Offset> lines = 0;
  std::atomic<std::size_t> bytes = 0;
  std::vector<std::atomic<std::uint32_t>> crowds((std::size_t(most) >> GraphStream::crowd_bits) + 1);
  const bool both = rules.build().undirected;
  const bool usual = each_block(paths, rules, weighted, skip_first, [&](const Block& block, Offset) {
    ids.add(block.edges);
    lines += Offset(block.edges.size());
    bytes += block.text.size();
    for (const Edge& e : block.edges) {
      ++crowds[std::size_t(e.source) >> GraphStream::crowd_bits];
      if (both) ++crowds[std::size_t(e.target) >> GraphStream::crowd_bits];
    }
  });
  const EdgeListSize size{lines, ids.count(), ids.highest(), Offset(*std::ranges::max_element(crowds)), bytes};
  if (!usual || scattered(size.nodes, size.highest)) return std::nullopt;
  return size;
}

// The C library keeps the memory of blocks for later ones, so it stays to the end.
std::size_t reading_bytes(const EdgeListSize& size, const ReadRules& rules, bool weighted, int threads) {
  const Offset entries = size.lines * (rules.build().undirected ? 2 : 1);
  const auto [waiting, sorting, finished] = GraphStream::peak_bytes(
      entries, size.highest, size.crowded, weighted ? GraphStream::Keep::ordered : GraphStream::Keep::ends, threads);
  const std::size_t names = size.nodes <= size.highest ? std::size_t(size.nodes) * sizeof(std::string) : 0;
  const std::size_t block = std::min<std::size_t>(size.bytes, 4 << 20);
  const double edges_a_byte = double(size.lines) / double(std::max<std::size_t>(1, size.bytes));
  constexpr std::size_t turns = 5 << 19;  // a GraphStream's work space for one thread
  const std::size_t blocks =
      std::size_t(threads) * (block + std::size_t(1.5 * edges_a_byte * double(block) * sizeof(Edge)) + turns);
  constexpr std::size_t writer = 12 << 20;  // what the HDF5 library takes, measured
  return blocks + std::max({waiting, sorting, finished + names + writer});
}

}  // namespace pfm::io
