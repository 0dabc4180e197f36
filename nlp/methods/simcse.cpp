// SimCSE, unsupervised (Gao et al. 2021, arXiv:2104.08821). A text is read twice with other entries dropped out, and
// must find itself among the other texts of the batch by cosine (eq. 4); an MLP stands between during training only
// (section 6.3). Unlike there the network starts untrained, and a text's row is the mean of its tokens' where theirs is
// [CLS]'s: of a network that starts from nothing that row learns to tell texts apart by a few tokens alone and forgets
// what alike texts share (docs/evaluation.md). So the rate is 1e-3, theirs 3e-5.
#include <pfm/nlp/masked_model.h>
#include <pfm/nlp/methods/methods.h>
#include <pfm/nn/activations.h>
#include <pfm/nn/norms.h>
#include <pfm/nn/products.h>
#include <pfm/selfsup/losses.h>

#include <algorithm>

namespace pfm {

using namespace nlp;

// Of the texts of a batch, how many are nearest to themselves among all of them.
static void count_recognised(const Var& once, const Var& again, Measured& into) {
  const Matrix cosines = multiply_transposed(l2_normalise(once), l2_normalise(again)).value().clone();
  auto& [right, asked] = into.right["recognised"];
  for (Offset i = 0; i < cosines.rows(); ++i, ++asked)
    right += std::ranges::max_element(cosines.row(i)) - cosines.row(i).begin() == i;
}

static Pretext make(const Dataset& data, const Options& o) {
  const Training training = training_options(o, {.epochs = 3,
                                                 .batch = 64,
                                                 .optimiser = "adamw",
                                                 .lr = 1e-3,
                                                 .weight_decay = 0.01,
                                                 .clip = 1,
                                                 .schedule = "linear"});
  const TextOptions text = text_options(o, {.tokenizer = "bytes", .pool = "mean"});
  Architecture shape = small_bert();
  shape.segments = 0, shape.head_activation = "";
  const NetworkOptions network = network_options(o, shape, 0.1);
  const auto tau = Real(o("tau", 0.05));
  if (!(tau > 0)) throw Error(Fault::usage, "option tau: above 0");
  need_texts(data, "simcse");
  const Tokenizer tokenizer = framing(tokenizer_from(text, data, o));
  Params p(o.rng);
  const TextEncoder encoder(p, sized(network.architecture, tokenizer, text), network.settings);
  const Encoder texts = text_vectors(encoder, tokenizer, text);
  const Linear head = text_linear(p / "head", texts.width, texts.width);
  const auto read = [=](const Batch& b, Rng rng) { return tanh(head(texts(b, rng))); };
  const auto loss = [=](const Batch& b, Rng rng) {
    const Var once = read(b, rng.split(1)), again = read(b, rng.split(2));
    return info_nce_across(once, text.targets(again, rng.split("targets")), tau);
  };
  const auto batches = [=](const Batch& all) { return sample_batches(all, training.batch); };
  const auto measure = [=](const Batch& b, std::span<const double>, Rng rng, Measured& into) {
    count_recognised(texts(b, rng.split(1)), texts(b, rng.split(2)), into);
  };
  return {.params = p,
          .encoder = texts,
          .loss = loss,
          .training = training,
          .batches = batches,
          .prepare = tokens_of_texts(tokenizer),
          .own_scores = measured_scores(data, tokenizer, batches, measure)};
}

Method simcse() {
  return {.id = "simcse",
          .name = "SimCSE",
          .make = make,
          .paper = "2104.08821",
          .presets = {},
          .about = "a text recognises itself under other dropout among other texts",
          .protocol = "held-out"};
}

}  // namespace pfm
