// hf/: small language models with their weights, each driven by its own configuration: hidden states, logits, losses,
// gradients and six steps of AdamW.
#include <fmt/format.h>
#include <pfm/nlp/config_file.h>
#include <pfm/nlp/import_weights.h>
#include <pfm/nlp/text_heads.h>
#include <pfm/nlp/token_batch.h>
#include <pfm/nn/classification.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/optimiser.h>
#include <pfm/nn/shape.h>
#include <pfm/tests/parity.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace pfm::parity {
namespace {

using fixture::Array;
using fixture::Group;
namespace fs = std::filesystem;

// The tokens of a padded batch that are none of the padding.
struct Sentences {
  explicit Sentences(const Group& file) {
    const Array& ids = file.array("input/input_ids");
    const std::vector<NodeId> tokens = ids.as<NodeId>();
    const Offset length = ids.shape[1];
    std::vector<int> mask(tokens.size(), 1);
    if (file.has("input/attention_mask")) mask = file.array("input/attention_mask").as<int>();
    std::vector<int> second(tokens.size());
    if (file.has("input/token_type_ids")) second = file.array("input/token_type_ids").as<int>();
    std::vector<nlp::FramedPair> texts(std::size_t(ids.shape[0]));
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      if (mask[i] == 0) continue;
      places.push_back(NodeId(i));
      texts[i / std::size_t(length)].ids.push_back(tokens[i]);
      texts[i / std::size_t(length)].segments.push_back(std::int8_t(second[i]));
    }
    batch = nlp::token_batch(texts);
  }

  // Of values at all places those at ours: [G, length, k] -> [n, k].
  Array at_places(const Array& all) const {
    const std::size_t cols = all.shape.size() < 3 ? 1 : std::size_t(all.shape[2]);
    Array result{{Offset(places.size()), Offset(cols)}, {}, all.stored};
    for (const NodeId place : places)
      result.values.insert(result.values.end(), all.values.begin() + std::ptrdiff_t(std::size_t(place) * cols),
                           all.values.begin() + std::ptrdiff_t(std::size_t(place + 1) * cols));
    return result;
  }

  std::vector<NodeId> places;
  Batch batch;
};

std::optional<nlp::Family> family_in(const fs::path& folder) {
  const std::string type = nlp::ConfigFile(folder / "config.json").text("model_type", "");
  for (const nlp::Family& family : nlp::families())
    if (family.id == type) return family;
  return {};
}

// A model and a case's sentences.
class Model {
 public:
  Model(const Group& file, const fs::path& folder) : Model(file, nlp::import_weights(folder)) {}

  bool forward(Comparison& compare) const {
    const NoGradient none;
    const std::vector<Var> states = encoder_.states(rows_);
    for (std::size_t l = 0; l < states.size(); ++l)
      compare_rows(compare, fmt::format("hidden_states/{}", l), states[l]);
    if (file_.has(fmt::format("output/hidden_states/{}", states.size()))) compare.fail("fewer layers than the file");
    if (p_.has("replaced.0.weight"))
      compare_rows(compare, "logits", nlp::ReplacedHead(p_, a_)(states.back()));
    else
      compare_rows(compare, p_.has("pooler.weight") ? "prediction_logits" : "logits", head_(states.back()));
    for (const auto& [name, logits, labels] : sentence_heads)
      if (p_.has(std::string(name) + ".weight"))
        compare.forward(logits, of_sentences(name, states.back()).value(),
                        file_.array(std::string("output/") + logits));
    compare.number("loss", loss().scalar(), file_.array("output/loss").values[0], 1e-5);
    if (p_.entries().size() != read_) compare.fail("a parameter that the weights do not hold");
    return true;
  }

  bool gradients(Comparison& compare) const {
    backward(loss());
    const auto& norms = file_.group("grad_norm").arrays;
    const auto norm_of = [&](const std::string& of) { return norms.at(of).values[0]; };
    double largest = 0;
    for (const auto& [of, norm] : norms) largest = std::max(largest, norm.values[0]);
    for (const auto& [of, array] : file_.group("grad").arrays) compare.gradient("grad/" + of, gradient_of(of), array);
    for (const auto& [of, norm] : norms) {
      const Matrix g = gradient_of(of);
      const double found = std::sqrt(std::inner_product(g.values().begin(), g.values().end(), g.data(), 0.0));
      // A key's bias adds the same to all scores of a query: zero but for rounding.
      const bool zero = norm_of(of) < 1e-5 * largest;
      compare.number("grad_norm/" + of, found, norm_of(of), 1e-3 * (zero ? 1e-3 * largest : norm_of(of)));
    }
    return true;
  }

  bool adamw(Comparison& compare) const {
    const Optimiser optimiser("adamw", {.weight_decay = 0.01});
    const std::vector<double>& losses = file_.array("adamw/loss").values;
    for (std::size_t step = 0; step < losses.size(); ++step) {
      const Var l = loss();
      compare.number(fmt::format("loss {}", step), l.scalar(), losses[step], 1e-3 * losses[step]);
      backward(l);
      optimiser.step(p_, 1e-3, std::int64_t(step));
      p_.clear_grads();
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

  Model(const Group& file, nlp::Imported imported)
      : file_(file),
        sentences_(file),
        a_(imported.architecture),
        p_(with_weights(std::move(imported.matrices))),
        read_(p_.entries().size()),
        encoder_(p_, a_),
        head_(p_.has("replaced.0.weight") ? Params() : p_, a_, encoder_.tables.tokens),
        rows_(nlp::text_rows(a_, sentences_.batch)) {}

  static Params with_weights(std::map<std::string, Matrix> matrices) {
    const Params p;
    nlp::put_weights(p, std::move(matrices));
    return p;
  }

  void compare_rows(Comparison& compare, const std::string& what, const Var& found) const {
    compare.forward(what, found.value(), sentences_.at_places(file_.array("output/" + what)),
                    std::max(1e-5, 20 * file_.number("output_gap_f32_f64", 0)));
  }

  Var of_sentences(const char* name, const Var& rows) const {
    return nlp::text_linear(p_ / name, a_.hidden, 2)(nlp::Pooler(p_, a_)(sentences_.batch.segments, rows));
  }

  // What the model class returns beside its outputs.
  Var loss() const {
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

  // The gradient of one of their parameters, laid out as theirs.
  Matrix gradient_of(std::string of) const {
    const nlp::Family family = *std::ranges::find(nlp::families(), a_.family, &nlp::Family::id);
    if (of.starts_with(family.prefix)) of.erase(0, std::string(family.prefix).size());
    Matrix theirs;
    for (const nlp::TensorName& name : family.names(a_).tensors) {
      if (name.theirs != of) continue;
      const Matrix& ours = p_.at(name.ours).grad();
      if (theirs.empty())
        theirs = name.transposed ? Matrix::zeros(name.cols, name.rows)
                                 : Matrix::zeros(name.rows, name.of_columns > 0 ? name.of_columns : name.cols);
      for (Offset i = 0; i < ours.rows(); ++i)
        for (Offset j = 0; j < ours.cols(); ++j)
          (name.transposed ? theirs(j, i) : theirs(i, name.first_column + j)) = ours(i, j);
    }
    if (theirs.empty()) throw std::out_of_range(of + ": no such parameter");
    return theirs;
  }

  const Group& file_;
  Sentences sentences_;
  nlp::Architecture a_;
  Params p_;
  std::size_t read_;
  nlp::TextEncoder encoder_;
  nlp::LanguageHead head_;
  nlp::TextRows rows_;
};

}  // namespace

std::vector<Case> text_model_cases(std::shared_ptr<const Group> file, const fs::path& path) {
  const fs::path folder = path.parent_path();
  if (!family_in(folder)) return {};
  return {{"forward", [=](Comparison& c) { return Model(*file, folder).forward(c); }},
          {"gradients", [=](Comparison& c) { return Model(*file, folder).gradients(c); }},
          {"adamw", [=](Comparison& c) { return Model(*file, folder).adamw(c); }}};
}

}  // namespace pfm::parity
