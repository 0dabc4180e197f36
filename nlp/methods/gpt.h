// GPT's network, for what goes on with texts.
#pragma once
#include <pfm/nlp/generation.h>
#include <pfm/nlp/texts.h>

namespace pfm {

struct GptNetwork {
  Params params;
  nlp::CausalModel model;
  nlp::TextOptions text;
  Training training;
};
// Asks the options of gpt. Untrained; the tokenizer is the one that the options know, else of the texts.
GptNetwork gpt_network(const Dataset& data, const Options& options);

}  // namespace pfm
