// GPT (Radford et al. 2018, "Improving language understanding by generative pre-training"). A transformer that sees
// what stands before predicts each next token (eq. 1). Unlike there, sequences are stretches of a text that begin anew
// in each epoch, biases and norms decay like weights, and the size is one for a single machine: 4 layers of 256.
#include <pfm/nlp/methods/gpt.h>
#include <pfm/nlp/methods/methods.h>
#include <pfm/nlp/token_stream.h>
#include <pfm/nn/classification.h>

namespace pfm {

using namespace nlp;

GptNetwork gpt_network(const Dataset& data, const Options& o) {
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
  Tokenizer tokenizer = tokenizer_from(text, data, o);
  tokenizer.frame = {};
  tokenizer.frame.between = between_texts(tokenizer);
  a.vocabulary = tokenizer.vocabulary->size(), a.positions = text.length;
  const Params p(o.rng);
  const TextEncoder encoder(p, a, network.settings);
  const LanguageHead head(p, a, encoder.tables.tokens);
  return {p, {encoder, head, tokenizer, tokenizer.frame.between}, text, training};
}

static Pretext make(const Dataset& data, const Options& o) {
  const auto [params, model, text, training] = gpt_network(data, o);
  need_texts(data, "gpt");
  const auto scores = [model = model](const Batch& b, const std::optional<Rng>& rng) {
    return model.head(model.encoder(text_rows(model.encoder.architecture, b), rng));
  };
  const auto loss = [=, targets = text.targets](const Batch& b, Rng rng) {
    return cross_entropy(scores(b, rng), targets(next_tokens(b), rng.split("targets")));
  };
  const auto batches = [between = model.before, length = text.length, size = training.batch](const Batch& all) {
    return stream_batches(joined_texts(all, between), length, size);
  };
  const bool lossless = text.tokenizer == "characters" || text.tokenizer == "bytes";
  return {.params = params,
          .encoder = text_vectors(model.encoder, model.tokenizer, text),
          .loss = loss,
          .training = training,
          .batches = batches,
          .prepare = tokens_of_texts(model.tokenizer),
          .code_length = lossless ? windowed_code_length(model.tokenizer, text.length,
                                                         [=](const Batch& b) { return scores(b, {}); })
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
