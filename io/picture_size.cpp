#include <fmt/format.h>
#include <pfm/io/picture_size.h>

namespace pfm::io {

Grid plausible_size(const std::string& name, std::uint64_t height, std::uint64_t width, std::size_t file_bytes) {
  const auto longest = std::uint64_t(longest_side);
  if (height < 1 || width < 1 || height > longest || width > longest)
    throw Error(Fault::input, fmt::format("{}: found {} x {} pixels, expected sides from 1 to {}", name, height, width,
                                          longest_side));
  if (height * width / 10'000 > file_bytes)
    throw Error(Fault::input, fmt::format("{}: found {} x {} pixels in {} bytes, which cannot hold so many", name,
                                          height, width, file_bytes));
  return {std::int32_t(height), std::int32_t(width)};
}

}  // namespace pfm::io
