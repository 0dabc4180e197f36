// hf/: small language models with their weights, each driven by its own configuration: hidden states, logits, losses,
// gradients and six steps of AdamW.
#include <fmt/format.h>
#include <pfm/encoders/readout.h>
#include <pfm/nlp/config_file.h>
#include <pfm/nlp/generation.h>
#include <pfm/nlp/import_weights.h>
#include <pfm/nn/classification.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/shape.h>
#include <pfm/tests/text_models.h>

namespace pfm::parity {
namespace {

using fixture::Array;
using fixture::Group;
namespace fs = std::filesystem;

std::optional<nlp::Family> family_in(const fs::path& folder) {
  const std::string type = nlp::ConfigFile(folder / "config.json").text("model_type", "");
  for (const nlp::Family& family : nlp::families())
    if (family.id == type && type != "bart" && type != "xlnet") return family;  // which have files of their own
  return {};
}

// A model and a case's sentences.
class GoldenEncoder : public TextModel {
 public:
  GoldenEncoder(const Group& file, const fs::path& folder) : GoldenEncoder(file, nlp::import_weights(folder)) {}

  void forward(Comparison& compare) const override {
    const NoGradient none;
    const std::vector<Var> states = encoder_.states(rows_);
    for (std::size_t l = 0; l < states.size(); ++l)
      compare_rows(compare, fmt::format("hidden_states/{}", l), states[l], sentences_);
    if (file_.has(fmt::format("output/hidden_states/{}", states.size()))) compare.fail("fewer layers than the file");
    if (p_.has("replaced.0.weight"))
      compare_rows(compare, "logits", nlp::ReplacedHead(p_, a_)(states.back()), sentences_);
    else
      compare_rows(compare, p_.has("pooler.weight") ? "prediction_logits" : "logits", head_(states.back()), sentences_);
    for (const auto& [name, logits, labels] : sentence_heads)
      if (p_.has(std::string(name) + ".weight"))
        compare.forward(logits, of_sentences(name, states.back()).value(),
                        file_.array(std::string("output/") + logits));
    compare_loss(compare);
  }

  // The likeliest tokens behind the first text.
  bool greedy(Comparison& compare) const {
    const std::vector<nlp::TokenId> expected = file_.array("generate/greedy").as<nlp::TokenId>();
    const auto length = std::ptrdiff_t(file_.array("input/input_ids").shape[1]);
    const nlp::CausalModel model{encoder_, head_, {}, {}};
    nlp::GrowingText text(model);
    text.add(std::span(expected).first(std::size_t(length)));
    for (auto next = expected.begin() + length; next != expected.end(); ++next) {
      compare.number("token", nlp::chosen(text.scores().row(0), {}, 0), *next, 0);
      text.add(std::array{*next});
    }
    return true;
  }

 private:
  struct SentenceHead {
    const char *name, *logits, *labels;
  };
  static constexpr SentenceHead sentence_heads[] = {
      {"next_sentence", "seq_relationship_logits", "target/next_sentence_label"},
      {"sentence_order", "sop_logits", "target/sentence_order_label"}};

  GoldenEncoder(const Group& file, nlp::Imported imported)
      : TextModel(file, std::move(imported)),
        sentences_(file),
        encoder_(p_, a_),
        head_(p_.has("replaced.0.weight") ? Params() : p_, a_, encoder_.tables.tokens),
        rows_(nlp::text_rows(a_, sentences_.batch)) {}

  Var of_sentences(const char* name, const Var& rows) const {
    return nlp::text_linear(p_ / name, a_.hidden,
                            2)(nlp::Pooler(p_, a_)(gather_rows(rows, starts_of(sentences_.batch.segments))));
  }

  // What the model class returns beside its outputs.
  Var loss() const override {
    const Var rows = encoder_(rows_);
    const std::vector<int> labels = sentences_.at_places(file_.array("target/labels")).as<int>();
    if (p_.has("replaced.0.weight")) {
      Matrix targets(Offset(labels.size()), 1);
      std::ranges::copy(labels, targets.data());
      return bce_with_logits(nlp::ReplacedHead(p_, a_)(rows), Var(std::move(targets)));
    }
    std::vector<NodeId> asked;  // rows with a label; a causal model's predict the next one's
    std::vector<std::int32_t> targets;
    for (std::size_t g = 0; g + 1 < sentences_.batch.segments.size(); ++g)
      for (Offset i = sentences_.batch.segments[g] + (a_.causal ? 1 : 0); i < sentences_.batch.segments[g + 1]; ++i)
        if (labels[std::size_t(i)] >= 0) {
          asked.push_back(NodeId(a_.causal ? i - 1 : i));
          targets.push_back(labels[std::size_t(i)]);
        }
    Var loss = cross_entropy(head_(gather_rows(rows, asked)), targets);
    for (const auto& [name, logits, target] : sentence_heads)
      if (p_.has(std::string(name) + ".weight"))
        loss = add(loss, cross_entropy(of_sentences(name, rows), file_.array(target).as<std::int32_t>()));
    return loss;
  }

  Sentences sentences_;
  nlp::TextEncoder encoder_;
  nlp::LanguageHead head_;
  nlp::TextRows rows_;
};

}  // namespace

std::vector<Case> text_model_cases(std::shared_ptr<const Group> file, const fs::path& path) {
  const fs::path folder = path.parent_path();
  if (!family_in(folder)) return {};
  std::vector<Case> cases = text_cases<GoldenEncoder>(file, folder);
  if (file->has("generate/greedy"))
    cases.push_back({"greedy", [=](Comparison& c) { return GoldenEncoder(*file, folder).greedy(c); }});
  return cases;
}

}  // namespace pfm::parity
