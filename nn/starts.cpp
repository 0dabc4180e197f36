#include <pfm/nn/starts.h>

#include <cmath>

namespace pfm {

// A layer keeps the start it has taken up.
static void expect_new(const Params& p, const char* name) {
  expect(!p.has(name), "starts: before the layer that takes them up");
}

void start_uniform_weight(const Params& p, Offset in, Offset out) {
  expect_new(p, "weight");
  p.uniform("weight", in, out, 1 / std::sqrt(double(in)));
}

void start_uniform_bias(const Params& p, Offset in, Offset out) {
  expect_new(p, "bias");
  p.uniform("bias", 1, out, 1 / std::sqrt(double(in)));
}

void start_uniform(const Params& p, Offset in, Offset out) {
  start_uniform_weight(p, in, out), start_uniform_bias(p, in, out);
}

}  // namespace pfm
