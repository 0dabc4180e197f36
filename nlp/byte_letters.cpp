#include <pfm/nlp/byte_letters.h>
#include <pfm/nlp/unicode.h>

#include <algorithm>

namespace pfm::nlp {
namespace {

bool stands_for_itself(int byte) {
  return (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

std::array<char32_t, 256> points_of_bytes() {
  std::array<char32_t, 256> points{};
  char32_t other = 0x100;
  for (int byte = 0; byte < 256; ++byte) points[byte] = stands_for_itself(byte) ? char32_t(byte) : other++;
  return points;
}

}  // namespace

const std::array<std::string, 256>& byte_letters() {
  static const auto letters = [] {
    std::array<std::string, 256> result;
    std::ranges::transform(points_of_bytes(), result.begin(), [](char32_t p) { return utf8({&p, 1}); });
    return result;
  }();
  return letters;
}

std::array<unsigned char, 256> byte_order() {
  std::array<unsigned char, 256> order{};
  for (int byte = 0; byte < 256; ++byte) order[byte] = static_cast<unsigned char>(byte);
  std::stable_partition(order.begin(), order.end(), stands_for_itself);
  return order;
}

std::string bytes_of_letters(std::string_view letters) {
  static const auto points = points_of_bytes();
  std::string bytes;
  while (!letters.empty()) {
    const char32_t point = take_point(letters);
    const auto found = std::ranges::find(points, point);
    if (found != points.end())
      bytes += char(found - points.begin());
    else
      append_utf8(bytes, point);
  }
  return bytes;
}

}  // namespace pfm::nlp
