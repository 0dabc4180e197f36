// How well a method predicts texts that it did not learn from.
#include <fmt/format.h>
#include <pfm/graph/text_samples.h>
#include <pfm/selfsup/protocols/protocols.h>

#include <algorithm>
#include <cmath>

namespace pfm {
namespace {

// What is predicted: the last part, or the one before it while a method is tuned, when the last part does not exist.
enum class Predicted { test, validation };

constexpr double test_share = 0.1, validation_share = 0.05;
constexpr std::size_t fewest = 20;

void need_documents(const Dataset& data) {
  if (!holds_texts(data))
    throw Error(Fault::input,
                fmt::format("{}: this protocol needs texts; `pfm convert text` makes a data set of a file "
                            "of documents with blank lines between them",
                            data.name));
  if (data.texts.size() < fewest)
    throw Error(Fault::input,
                fmt::format("{}: {} documents, this protocol needs at least {} to hold some out; put blank "
                            "lines between them",
                            data.name, data.texts.size(), fewest));
}

// In the order of the file, whole documents: the last ones that hold a tenth of all characters, those before them that
// hold a twentieth, the rest.
Split parts_of(const Dataset& data, Predicted what) {
  need_documents(data);
  std::int64_t total = 0;
  for (const std::string& text : data.texts) total += character_count(text);
  auto next = NodeId(data.texts.size());
  const auto taken = [&](double share) {
    std::vector<NodeId> documents;
    for (std::int64_t sum = 0; next > 0 && double(sum) < share * double(total);) {
      documents.push_back(--next);
      sum += character_count(data.texts[std::size_t(next)]);
    }
    std::ranges::reverse(documents);
    return documents;
  };
  Split split;
  split.test = taken(test_share);
  if (what == Predicted::validation) split.test = taken(validation_share);
  split.train = taken(1);
  if (split.train.empty())
    throw Error(Fault::input,
                fmt::format("{}: its last documents are so long that none is left to learn from; put more blank lines "
                            "between its parts",
                            data.name));
  return split;
}

// Bits a character, and of a model of tokens e^(nats a token), which nothing with other tokens can be compared with.
Scores likelihood(const Outcome& outcome, const Dataset& held) {
  if (!outcome.code_length)
    throw Error(Fault::usage,
                "protocol lm asks how likely texts are, which only language models such as gpt tell (with a tokenizer "
                "that keeps every character); use --protocol held-out, or probe for texts with classes");
  const CodeLength length = outcome.code_length(held.texts);
  std::int64_t characters = 2 * (std::int64_t(held.texts.size()) - 1);  // blank lines between them
  for (const std::string& text : held.texts) characters += character_count(text);
  Scores scores{{"bits-per-character", length.nats / std::log(2.0) / double(characters)}};
  if (length.predictions > 0) scores.emplace_back("perplexity", std::exp(length.nats / double(length.predictions)));
  return scores;
}

Scores own_scores(const Outcome& outcome, const Dataset& held) {
  if (!outcome.own_scores)
    throw Error(
        Fault::usage,
        "protocol held-out asks what a method of texts measures itself, such as bert or electra; use --protocol "
        "lm for language models, probe for texts with classes");
  return outcome.own_scores(held.texts);
}

Protocol of_documents(std::string id, std::string about, Predicted what, std::vector<std::string> controls,
                      Scores (*measure)(const Outcome&, const Dataset&)) {
  const bool tuning = what == Predicted::validation;
  return {
      .id = id + (tuning ? "@validation" : ""),
      .about = fmt::format("texts in the order of the file; {} {}; learned from is what stands before them", about,
                           tuning ? "the documents before the last tenth, a twentieth of all characters (for tuning)"
                                  : "the last documents, a tenth of all characters"),
      .task = Task::graph,
      .view = [=](const Dataset& data, Rng) { return chosen_texts(data, parts_of(data, what).train); },
      .score = [=](const Outcome& outcome, const Dataset& data,
                   Rng) { return measure(outcome, chosen_texts(data, parts_of(data, what).test)); },
      .controls = std::move(controls),
      .of_rows = false};
}

}  // namespace

static Protocol lm_of(Predicted what) {
  return of_documents("lm", "predicted, each character from those before it, are", what,
                      {"unigram", "bigram", "kneser-ney", "random"}, likelihood);
}
Protocol lm() { return lm_of(Predicted::test); }
Protocol lm_at_validation() { return lm_of(Predicted::validation); }

static Protocol held_out_of(Predicted what) {
  return of_documents("held-out", "what the method measures itself, on", what, {"random"}, own_scores);
}
Protocol held_out() { return held_out_of(Predicted::test); }
Protocol held_out_at_validation() { return held_out_of(Predicted::validation); }

}  // namespace pfm
