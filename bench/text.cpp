// Sentence vectors of all-MiniLM-L6-v2's shape; flops are those of its products.
#include <pfm/kernels/packed.h>
#include <pfm/nlp/sentence_vectors.h>

#include <string>

#include "benchmarks.h"
#include "counters.h"

namespace pfm {
namespace {

struct Sentences {
  Offset count, longest;
  bool mixed;  // lengths from an eighth of the longest to the longest
  std::string name() const {
    return "encoder/" + std::to_string(count) + "x" + (mixed ? "up-to-" : "") + std::to_string(longest);
  }
  std::vector<nlp::TokenIds> tokens(Offset vocabulary) const {
    std::vector<nlp::TokenIds> all;
    for (Offset g = 0; g < count; ++g) {
      const Rng rng = Rng(1).split(std::uint64_t(g));
      const Offset shortest = mixed ? longest / 8 : longest;
      nlp::TokenIds ids(std::size_t(shortest) + rng.split("length").below(0, std::uint64_t(longest - shortest + 1)));
      for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = nlp::TokenId(rng.below(i, std::uint64_t(vocabulary)));
      all.push_back(std::move(ids));
    }
    return all;
  }
};

nlp::Architecture mini_lm() {
  nlp::Architecture a;
  a.vocabulary = 30522, a.positions = 512, a.segments = 2;
  a.embedding = a.hidden = 384, a.heads = 12, a.inner = 1536;
  a.layers = a.groups = 6;
  a.activation = a.head_activation = "gelu";
  a.epsilon = 1e-12;
  return a;
}

double flops(const nlp::Architecture& a, const std::vector<nlp::TokenIds>& sentences) {
  double all = 0;
  for (const nlp::TokenIds& ids : sentences) {
    const double n = double(ids.size()), d = double(a.hidden);
    all += 2 * double(a.layers) * n * (4 * d * d + 2 * d * double(a.inner) + 2 * n * d);
  }
  return all;
}

void encode(benchmark::State& state, const Sentences& shape, bool bf16) {
  const nlp::Architecture a = mini_lm();
  nlp::TextEncoder encoder{Params(), a};
  encoder.transformer.pack(bf16 ? Precision::bf16 : Precision::full);
  const std::vector<nlp::TokenIds> sentences = shape.tokens(a.vocabulary);
  const nlp::SentenceVectors mean{.parts = {"mean"}, .unit = true};
  for (auto _ : state) benchmark::DoNotOptimize(nlp::embed_sentences(encoder, mean, sentences).data());
  state_work(state, flops(a, sentences),
             double(sizeof(Real)) * double(a.layers * a.hidden * (4 * a.hidden + 2 * a.inner)));
  state.SetItemsProcessed(state.iterations() * shape.count);
}

}  // namespace

void register_text() {
  for (const Sentences& shape : {Sentences{1, 32, false}, Sentences{32, 128, false}, Sentences{64, 128, true}})
    for (const bool bf16 : {false, true})
      benchmark::RegisterBenchmark((shape.name() + (bf16 ? "/bf16" : "")).c_str(), encode, shape, bf16)
          ->Unit(benchmark::kMillisecond);
}

}  // namespace pfm
