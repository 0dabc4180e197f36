#include <fmt/format.h>
#include <pfm/kernels/error.h>
#include <pfm/nlp/piece_model.h>

#include <cmath>
#include <cstdint>
#include <cstring>

namespace pfm::nlp {
namespace {

[[noreturn]] void refuse(const std::string& origin, const std::string& what) {
  throw Error(Fault::input, fmt::format("{}: not a SentencePiece model: {}", origin, what));
}

// The fields of one message in protocol buffers' wire format.
class Fields {
 public:
  Fields(std::string_view message, const std::string& origin) : rest_(message), origin_(origin) {}

  // To the next field; false at the end.
  bool next() {
    if (rest_.empty()) return false;
    const std::uint64_t tag = varint();
    number = tag >> 3;
    bytes = {};
    switch (tag & 7) {
      case 0:
        varint();
        return true;
      case 1:
        bytes = take(8);
        return true;
      case 2:
        bytes = take(varint());
        return true;
      case 5:
        bytes = take(4);
        return true;
      default:
        refuse(origin_, fmt::format("field {} is of an unknown kind", number));
    }
  }

  std::uint64_t number = 0;
  std::string_view bytes;  // of a text, a message or a fixed number

 private:
  std::string_view take(std::uint64_t size) {
    if (size > rest_.size())
      refuse(origin_, fmt::format("field {} has {} bytes, but {} are left", number, size, rest_.size()));
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const auto byte = static_cast<unsigned char>(take(1)[0]);
      value |= std::uint64_t(byte & 0x7F) << shift;
      if (byte < 0x80) return value;
    }
    refuse(origin_, "a number of more than 64 bits");
  }
  std::string_view rest_;
  const std::string& origin_;
};

std::uint32_t word(std::string_view bytes, std::size_t i) {
  std::uint32_t value = 0;
  std::memcpy(&value, bytes.data() + 4 * i, 4);
  return value;
}

// One row of the double array (darts-clone): where its children begin, whether one of them is a leaf, a leaf's value.
std::uint32_t children(std::uint32_t unit) { return (unit >> 10) << ((unit & (1U << 9)) >> 6); }
bool has_leaf(std::uint32_t unit) { return (unit >> 8 & 1) != 0; }
bool is_leaf(std::uint32_t unit) { return unit >> 31 != 0; }
std::uint32_t leaf_value(std::uint32_t unit) { return unit & 0x7FFFFFFF; }

// 4 bytes of size, a trie of that many bytes, the texts that its leaves point to, each ended by a zero byte.
void check_characters(std::string_view map, const std::string& origin) {
  if (map.empty()) return;
  if (map.size() < 4) refuse(origin, "its table of characters is cut");
  const std::size_t size = word(map, 0);
  constexpr std::size_t block = 256 * 4;  // 256 children, one a byte
  if (size > map.size() - 4 || size % block != 0)
    refuse(origin, fmt::format("a trie of {} bytes in a table of characters of {}", size, map.size()));
  const std::string_view trie = map.substr(4, size), texts = map.substr(4 + size);
  if (size == 0 || texts.empty() || texts.back() != '\0') refuse(origin, "its table of characters is cut");
  const std::size_t units = size / 4;
  for (std::size_t i = 0; i < units; ++i) {
    const std::uint32_t unit = word(trie, i);
    if (is_leaf(unit)) continue;
    const std::size_t at = i ^ children(unit);
    if (at >= units || (has_leaf(unit) && leaf_value(word(trie, at)) >= texts.size()))
      refuse(origin, fmt::format("row {} of its table of characters points out of it", i));
  }
}

std::string piece(std::string_view message, std::size_t id, const std::string& origin) {
  std::string text;
  for (Fields f(message, origin); f.next();) {
    if (f.number == 1) text = f.bytes;
    if (f.number != 2) continue;
    float score = 0;
    if (f.bytes.size() != sizeof score) refuse(origin, fmt::format("piece {} has no score", id));
    std::memcpy(&score, f.bytes.data(), sizeof score);
    if (!std::isfinite(score)) refuse(origin, fmt::format("piece {} has a score that is not finite", id));
  }
  return text;
}

}  // namespace

std::vector<std::string> checked_pieces(std::string_view bytes, const std::string& origin) {
  enum Model { pieces = 1, normaliser = 3, denormaliser = 5 };
  constexpr std::uint64_t characters = 2;
  std::vector<std::string> texts;
  for (Fields f(bytes, origin); f.next();) {
    if (f.number == pieces) texts.push_back(piece(f.bytes, texts.size(), origin));
    if (f.number != normaliser && f.number != denormaliser) continue;
    for (Fields spec(f.bytes, origin); spec.next();)
      if (spec.number == characters) check_characters(spec.bytes, origin);
  }
  return texts;
}

}  // namespace pfm::nlp
