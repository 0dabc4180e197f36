#include <pfm/kernels/uniforms.h>

#include <algorithm>

namespace pfm {

std::vector<double> uniforms(const Rng& rng, std::uint64_t first, std::size_t count) {
  std::vector<double> out(count);
  constexpr std::size_t piece = 256;
  Words words[piece];
  for (std::size_t done = 0; done < count; done += piece) {
    const std::size_t here = std::min(piece, count - done);
    rng.blocks(first + done, {words, here});
    for (std::size_t i = 0; i < here; ++i) {
      const std::uint64_t bits = std::uint64_t{words[i][1]} << 32 | words[i][0];
      out[done + i] = static_cast<double>(bits >> 11) * 0x1.0p-53;
    }
  }
  return out;
}

}  // namespace pfm
