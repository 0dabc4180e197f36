#include <pfm/kernels/parallel.h>
#include <pfm/nn/activations.h>
#include <pfm/nn/norms.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/optimiser.h>
#include <pfm/nn/products.h>
#include <pfm/nn/reductions.h>
#include <pfm/vision/patch_codes.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace pfm {
namespace {

constexpr Offset code_width = 64, patches_a_step = 512;

// -log(-log u), u uniform and above 0.
Matrix gumbel_noise(Offset rows, Offset cols, const Rng& rng) {
  Matrix noise(rows, cols);
  parallel_for(rows, 64, [&](Offset begin, Offset end) {
    for (Offset i = begin * cols; i < end * cols; ++i)
      noise.data()[i] = Real(-std::log(-std::log(rng.uniform(std::uint64_t(i)) + 0x1p-54)));
  });
  return noise;
}

struct PatchAutoencoder {
  PatchAutoencoder(const Params& p, Offset columns, int codes)
      : encoder(p, columns, codes),
        table(p.normal("codes", codes, code_width, 1)),
        decoder(p / "decoder", {code_width, code_width, columns}, gelu) {}
  Var loss(const Matrix& patches, Real temperature, Real divergence, const Rng& rng) const {
    const Var scores = encoder.scores(Var(patches.clone()));
    const Var noisy = add(scores, Var(gumbel_noise(scores.rows(), scores.cols(), rng)));
    const Var rebuilt = decoder(multiply(softmax(scale(noisy, 1 / temperature)), table));
    const Var logs = log_softmax(scores);  // KL to uniform, but for the constant log V: sum q log q
    return add(mean(square(subtract(rebuilt, Var(patches.clone())))),
               scale(sum(hadamard(exp(logs), logs)), divergence / Real(patches.rows())));
  }
  PatchCodes encoder;
  Var table;
  Mlp decoder;
};

}  // namespace

PatchCodes::PatchCodes(const Params& p, Offset columns, int codes)
    : scores(p / "tokenizer", {columns, code_width, Offset(codes)}, gelu) {}

std::vector<std::int32_t> PatchCodes::operator()(const Matrix& patches) const {
  const NoGradient reading;
  const Var all = scores(Var(patches.clone()));
  std::vector<std::int32_t> codes;
  for (Offset i = 0; i < all.rows(); ++i) {
    const std::span<const Real> row = all.value().row(i);
    codes.push_back(std::int32_t(std::ranges::max_element(row) - row.begin()));
  }
  return codes;
}

PatchCodes learn_patch_codes(const Params& p, const Matrix& patches, int codes, const CodeTraining& training, Rng rng) {
  const Params own(rng.split("start"));
  const PatchAutoencoder autoencoder(own, patches.cols(), codes);
  const Features all(patches.clone());
  const Optimiser adam("adam");
  for (int step = 0; step < training.steps; ++step) {
    const Rng draws = rng.split("step").split(std::uint64_t(step));
    std::vector<NodeId> rows;
    for (Offset i = 0; i < std::min(patches_a_step, patches.rows()); ++i)
      rows.push_back(NodeId(draws.below(std::uint64_t(i), std::uint64_t(patches.rows()))));
    const double early = (1 + std::cos(std::numbers::pi * step / training.steps)) / 2;
    backward(autoencoder.loss(all.gather(rows).dense(), Real(early + (1 - early) / 16),
                              Real(training.divergence * (1 - early)), draws.split("noise")));
    adam.step(own, 3e-3, step);
    own.clear_grads();
  }
  for (const auto& [name, entry] : own.entries())
    if (name.starts_with("tokenizer."))
      p.state(name, entry.var.rows(), entry.var.cols()).value() = entry.var.value().clone();
  return {p, patches.cols(), codes};
}

}  // namespace pfm
