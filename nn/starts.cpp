#include <pfm/nn/starts.h>

#include <cmath>

namespace pfm {

void start_uniform_weight(const Params& p, Offset in, Offset out) {
  p.uniform("weight", in, out, 1 / std::sqrt(double(in)));
}

void start_uniform_bias(const Params& p, Offset in, Offset out) {
  p.uniform("bias", 1, out, 1 / std::sqrt(double(in)));
}

void start_uniform(const Params& p, Offset in, Offset out) {
  start_uniform_weight(p, in, out), start_uniform_bias(p, in, out);
}

}  // namespace pfm
