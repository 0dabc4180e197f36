// What the golden language models of hf/ have in common.
#pragma once
#include <pfm/nlp/import_weights.h>
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

double forward_allowed(const fixture::Group& file);  // for whole models

// adamw/loss: AdamW of rate 1e-3 with decay 0.01 on everything.
void compare_adamw(Comparison& compare, const fixture::Group& file, const Params& p, const std::function<Var()>& loss);

// A model with the weights that came with it. What a kind of model adds: its network, made in its constructor, what
// that gives, and the loss.
class TextModel {
 public:
  virtual ~TextModel() = default;
  virtual void forward(Comparison& compare) const = 0;
  // grad/ and grad_norm/ of the file, by the names of the family.
  void gradients(Comparison& compare) const;
  void adamw(Comparison& compare) const;

 protected:
  TextModel(const fixture::Group& file, nlp::Imported imported);
  virtual Var loss() const = 0;
  // Where a forward pass ends: the loss, and no parameter that did not come with the weights.
  void compare_loss(Comparison& compare) const;
  void compare_rows(Comparison& compare, const std::string& what, const Var& found, const Sentences& places) const;

  const fixture::Group& file_;
  nlp::Architecture a_;
  Params p_;

 private:
  std::size_t came_;  // entries of p_
};

// The cases that each of them has.
template <class Model>
std::vector<Case> text_cases(std::shared_ptr<const fixture::Group> file, const std::filesystem::path& folder) {
  return {{"forward", [=](Comparison& c) { return Model(*file, folder).forward(c), true; }},
          {"gradients", [=](Comparison& c) { return Model(*file, folder).gradients(c), true; }},
          {"adamw", [=](Comparison& c) { return Model(*file, folder).adamw(c), true; }}};
}

}  // namespace pfm::parity
