#include <pfm/kernels/parallel.h>
#include <pfm/kernels/uniforms.h>

#include <algorithm>

namespace pfm {

std::vector<double> uniforms(const Rng& rng, std::uint64_t first, std::size_t count) {
  constexpr Offset piece = 256;
  std::vector<double> out(count);
  parallel_for(Offset(count), 64 * piece, [&](Offset begin, Offset end) {
    Words words[piece];
    for (Offset done = begin; done < end; done += piece) {
      const Offset here = std::min(piece, end - done);
      rng.blocks(first + std::uint64_t(done), {words, std::size_t(here)});
      for (Offset i = 0; i < here; ++i) {
        const std::uint64_t bits = std::uint64_t{words[i][1]} << 32 | words[i][0];
        out[std::size_t(done + i)] = static_cast<double>(bits >> 11) * 0x1.0p-53;
      }
    }
  });
  return out;
}

}  // namespace pfm
