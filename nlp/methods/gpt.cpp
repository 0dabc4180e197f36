// GPT (Radford et al. 2018, "Improving language understanding by generative pre-training"). A transformer that sees
// what stands before predicts each next token (eq. 1). Unlike there, sequences are stretches of a text that begin anew
// in each epoch, biases and norms decay like weights, and the size is one for a single machine: 4 layers of 256.
#include <pfm/nlp/methods/methods.h>
#include <pfm/nlp/text_heads.h>
#include <pfm/nlp/texts.h>
#include <pfm/nlp/token_stream.h>
#include <pfm/nn/classification.h>

namespace pfm {

using namespace nlp;

static Pretext make(const Dataset& data, const Options& o) {
  const Training training = training_options(o, {.epochs = 10,
                                                 .batch = 32,
                                                 .optimiser = "adamw",
                                                 .lr = 1e-3,
                                                 .weight_decay = 0.01,
                                                 .clip = 1,
                                                 .schedule = "cosine",
                                                 .warmup = 1});
  const TextOptions text = text_options(o, {.tokenizer = "characters", .length = 128, .pool = "last"});
  NetworkOptions network = network_options(o,
                                           {.family = "gpt",
                                            .hidden = 256,
                                            .heads = 4,
                                            .layers = 4,
                                            .activation = "gelu_tanh",
                                            .epsilon = 1e-5,
                                            .embedding_norm = false,
                                            .causal = true},
                                           0.1);
  Architecture& a = network.architecture;
  a.norm_first = o("norm_first", false);
  need_texts(data, "gpt");
  Tokenizer tokenizer = tokenizer_from(text, data, o);
  tokenizer.frame = {};
  a.vocabulary = tokenizer.vocabulary->size(), a.positions = text.length;
  Params p(o.rng);
  const TextEncoder encoder(p, a, network.settings);
  const LanguageHead head(p, a, encoder.tables.tokens);
  const auto scores = [=](const Batch& b, const std::optional<Rng>& rng) {
    return head(encoder(text_rows(a, b), rng));
  };
  const bool lossless = text.tokenizer == "characters" || text.tokenizer == "bytes";
  return {.params = p,
          .encoder = text_vectors(encoder, tokenizer, text),
          .loss = [=](const Batch& b, Rng rng) { return cross_entropy(scores(b, rng), next_tokens(b)); },
          .training = training,
          .batches =
              [=](const Batch& all) {
                return stream_batches(joined_texts(all, between_texts(tokenizer)), text.length, training.batch);
              },
          .prepare = tokens_of_texts(tokenizer),
          .code_length =
              lossless ? windowed_code_length(tokenizer, text.length, [=](const Batch& b) { return scores(b, {}); })
                       : TextLikelihood()};
}

Method gpt() {
  return {.id = "gpt",
          .name = "GPT",
          .make = make,
          .paper = "OpenAI 2018",
          .presets = {},
          .about = "each token is predicted from those before it"};
}

}  // namespace pfm
