#include <fmt/format.h>
#include <pfm/nlp/token_batch.h>
#include <pfm/nlp/weight_names.h>
#include <pfm/nn/optimiser.h>
#include <pfm/tests/text_models.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace pfm::parity {

using fixture::Array;
using fixture::Group;

namespace {

std::vector<int> values_or(const Group& file, const char* name, std::size_t count, int otherwise) {
  return file.has(name) ? file.array(name).as<int>() : std::vector<int>(count, otherwise);
}

// The gradient of one of their parameters, laid out as theirs.
Matrix gradient_of(std::string of, const nlp::Architecture& a, const Params& p) {
  const nlp::Family family = *std::ranges::find(nlp::families(), a.family, &nlp::Family::id);
  if (of.starts_with(family.prefix)) of.erase(0, std::string(family.prefix).size());
  Matrix theirs;
  for (const nlp::TensorName& name : family.names(a).tensors) {
    if (name.theirs != of) continue;
    const Matrix& ours = p.at(name.ours).grad();
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

}  // namespace

Sentences::Sentences(const Array& ids, std::span<const int> mask, std::span<const int> second) {
  const std::vector<NodeId> tokens = ids.as<NodeId>();
  std::vector<nlp::FramedPair> texts(std::size_t(ids.shape[0]));
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (mask[i] == 0) continue;
    places.push_back(NodeId(i));
    nlp::FramedPair& text = texts[i / std::size_t(ids.shape[1])];
    text.ids.push_back(tokens[i]), text.segments.push_back(std::int8_t(second[i]));
  }
  batch = nlp::token_batch(texts);
}

Sentences::Sentences(const Group& file)
    : Sentences(file.array("input/input_ids"),
                values_or(file, "input/attention_mask", file.array("input/input_ids").values.size(), 1),
                values_or(file, "input/token_type_ids", file.array("input/input_ids").values.size(), 0)) {}

Array Sentences::at_places(const Array& all) const {
  const std::size_t cols = all.shape.size() < 3 ? 1 : std::size_t(all.shape[2]);
  Array result{{Offset(places.size()), Offset(cols)}, {}, all.stored};
  for (const NodeId place : places)
    result.values.insert(result.values.end(), all.values.begin() + std::ptrdiff_t(std::size_t(place) * cols),
                         all.values.begin() + std::ptrdiff_t(std::size_t(place + 1) * cols));
  return result;
}

double forward_allowed(const Group& file) { return std::max(1e-5, 20 * file.number("output_gap_f32_f64", 0)); }

void compare_adamw(Comparison& compare, const Group& file, const Params& p, const std::function<Var()>& loss) {
  const Optimiser optimiser("adamw", {.weight_decay = 0.01});
  const std::vector<double>& losses = file.array("adamw/loss").values;
  for (std::size_t step = 0; step < losses.size(); ++step) {
    const Var l = loss();
    compare.number(fmt::format("loss {}", step), l.scalar(), losses[step], 1e-3 * losses[step]);
    backward(l);
    optimiser.step(p, 1e-3, std::int64_t(step));
    p.clear_grads();
  }
}

TextModel::TextModel(const Group& file, nlp::Imported imported) : file_(file), a_(std::move(imported.architecture)) {
  nlp::put_weights(p_, std::move(imported.matrices));
  came_ = p_.entries().size();
}

void TextModel::gradients(Comparison& compare) const {
  backward(loss());
  const auto& norms = file_.group("grad_norm").arrays;
  double largest = 0;
  for (const auto& [of, norm] : norms) largest = std::max(largest, norm.values[0]);
  for (const auto& [of, array] : file_.group("grad").arrays)
    compare.gradient("grad/" + of, gradient_of(of, a_, p_), array);
  for (const auto& [of, norm] : norms) {
    const Matrix g = gradient_of(of, a_, p_);
    const double found = std::sqrt(std::inner_product(g.values().begin(), g.values().end(), g.data(), 0.0));
    const double expected = norm.values[0];
    // A key's bias adds the same to all scores of a query: zero but for rounding.
    const bool zero = expected < 1e-5 * largest;
    compare.number("grad_norm/" + of, found, expected, 1e-3 * (zero ? 1e-3 * largest : expected));
  }
}

void TextModel::adamw(Comparison& compare) const {
  compare_adamw(compare, file_, p_, [this] { return loss(); });
}

void TextModel::compare_loss(Comparison& compare) const {
  compare.number("loss", loss().scalar(), file_.array("output/loss").values[0], 1e-5);
  if (p_.entries().size() != came_) compare.fail("a parameter that the weights do not hold");
}

void TextModel::compare_rows(Comparison& compare, const std::string& what, const Var& found,
                             const Sentences& places) const {
  compare.forward(what, found.value(), places.at_places(file_.array("output/" + what)), forward_allowed(file_));
}

}  // namespace pfm::parity
