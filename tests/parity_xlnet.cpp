// hf/: small XLNets with their weights: both streams' hidden states, logits, loss, gradients and six steps of AdamW, in
// an order of prediction or behind a memory.
#include <fmt/format.h>
#include <pfm/nlp/config_file.h>
#include <pfm/nlp/import_weights.h>
#include <pfm/nlp/text_heads.h>
#include <pfm/nlp/two_streams.h>
#include <pfm/nn/classification.h>
#include <pfm/nn/shape.h>
#include <pfm/tests/text_models.h>

#include <algorithm>

namespace pfm::parity {
namespace {

using fixture::Array;
using fixture::Group;
namespace fs = std::filesystem;

// Ranks of the real tokens from perm_mask [G, n, n], 1 where a token may not see another: targets do not see
// themselves, and see one another less than the next.
std::vector<Offset> ranks_of(const Array& mask, const Sentences& sentences) {
  const Offset n = mask.shape[1];
  std::vector<Offset> ranks;
  for (const NodeId place : sentences.places) {
    const Offset g = place / n, begin = g * n, own = place - begin;
    const auto hides = [&](Offset i, Offset j) { return mask.values[std::size_t((begin + i) * n + j)] != 0; };
    Offset given = 0, seen = 0;
    for (const NodeId other : sentences.places)
      if (other / n == g) given += !hides(other - begin, other - begin), seen += !hides(own, other - begin);
    ranks.push_back(hides(own, own) ? seen - given + 1 : 0);
  }
  return ranks;
}

class GoldenXlnet : public TextModel {
 public:
  GoldenXlnet(const Group& file, const fs::path& folder) : GoldenXlnet(file, nlp::import_weights(folder)) {}

  void forward(Comparison& compare) const override {
    const NoGradient none;
    const nlp::Streams streams = model_(rows_, memory_);
    std::size_t number = 0;
    for (std::size_t l = 0; l < streams.content.size(); ++l) {
      compare_rows(compare, fmt::format("hidden_states/{}", number++), streams.content[l], sentences_);
      if (!streams.query.empty()) compare_targets(compare, fmt::format("hidden_states/{}", number++), streams.query[l]);
    }
    if (file_.has(fmt::format("output/hidden_states/{}", number))) compare.fail("fewer layers than the file");
    if (streams.query.empty())
      compare_rows(compare, "logits", head_(streams.content.back()), sentences_);
    else
      compare_targets(compare, "logits", head_(streams.query.back()));
    compare_loss(compare);
  }

 private:
  GoldenXlnet(const Group& file, nlp::Imported imported)
      : TextModel(file, std::move(imported)),
        sentences_(file),
        model_(p_, a_),
        head_(p_, a_, model_.encoder.tables.tokens) {
    const std::vector<Offset> ranks =
        file.has("input/perm_mask") ? ranks_of(file.array("input/perm_mask"), sentences_) : std::vector<Offset>();
    for (int l = 0; file.has(fmt::format("input/mems/{}", l)); ++l)
      memory_.push_back(memory_rows(file.array(fmt::format("input/mems/{}", l))));
    const Offset before = memory_.empty() ? 0 : file.array("input/mems/0").shape[0];
    rows_ = nlp::stream_rows(a_, sentences_.batch, ranks, before);
  }

  // [memory, G, d] -> [G memory, d]
  static Matrix memory_rows(const Array& theirs) {
    const Matrix from = theirs.matrix();
    const Offset length = theirs.shape[0], count = theirs.shape[1];
    Matrix to(from.rows(), from.cols());
    for (Offset i = 0; i < length; ++i)
      for (Offset g = 0; g < count; ++g) std::ranges::copy(from.row(i * count + g), to.row(g * length + i).begin());
    return to;
  }

  // Of each place of target_mapping [G, t, n] the number of our target.
  std::vector<NodeId> mapped() const {
    const Array& mapping = file_.array("input/target_mapping");
    const Offset each = mapping.shape[1], n = mapping.shape[2];
    std::vector<NodeId> numbers;
    for (Offset k = 0; k < mapping.shape[0] * each; ++k) {
      const auto row = mapping.values.begin() + k * n;
      const auto place = NodeId(k / each * n + (std::max_element(row, row + n) - row));
      const auto token = NodeId(std::ranges::find(sentences_.places, place) - sentences_.places.begin());
      numbers.push_back(NodeId(std::ranges::find(rows_.targets, token) - rows_.targets.begin()));
    }
    return numbers;
  }

  void compare_targets(Comparison& compare, const std::string& what, const Var& found) const {
    compare.forward(what, gather_rows(found, mapped()).value(), file_.array("output/" + what), forward_allowed(file_));
  }

  Var loss() const override {
    const nlp::Streams streams = model_(rows_, memory_);
    const Array& labels = file_.array("target/labels");
    if (streams.query.empty())
      return cross_entropy(head_(streams.content.back()), sentences_.at_places(labels).as<std::int32_t>());
    return cross_entropy(head_(gather_rows(streams.query.back(), mapped())), labels.as<std::int32_t>());
  }

  Sentences sentences_;
  nlp::TwoStreams model_;
  nlp::LanguageHead head_;
  std::vector<Matrix> memory_;
  nlp::StreamRows rows_;
};

}  // namespace

std::vector<Case> xlnet_cases(std::shared_ptr<const Group> file, const fs::path& path) {
  const fs::path folder = path.parent_path();
  if (nlp::ConfigFile(folder / "config.json").text("model_type", "") != "xlnet") return {};
  return text_cases<GoldenXlnet>(file, folder);
}

}  // namespace pfm::parity
