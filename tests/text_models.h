// What the golden language models of hf/ have in common.
#pragma once
#include <pfm/nlp/text_encoder.h>
#include <pfm/tests/parity.h>

namespace pfm::parity {

// The tokens of a padded batch [G, length] at places where the mask is not 0.
struct Sentences {
  Sentences(const fixture::Array& ids, std::span<const int> mask, std::span<const int> second);
  explicit Sentences(const fixture::Group& file);  // input/input_ids, attention_mask, token_type_ids

  fixture::Array at_places(const fixture::Array& all) const;  // [G, length, k] -> [n, k]

  std::vector<NodeId> places;
  Batch batch;
};

Params params_with(std::map<std::string, Matrix> matrices);
double forward_allowed(const fixture::Group& file);  // for whole models

// grad/ and grad_norm/ of the file against the gradients of `p`, by the names of the family.
void compare_gradients(Comparison& compare, const fixture::Group& file, const nlp::Architecture& a, const Params& p);

// adamw/loss: AdamW of rate 1e-3 with decay 0.01 on everything.
void compare_adamw(Comparison& compare, const fixture::Group& file, const Params& p, const std::function<Var()>& loss);

}  // namespace pfm::parity
