// hf/: small encoder-decoders over tokens with their weights: hidden states of both, logits, loss, gradients and six
// steps of AdamW.
#include <fmt/format.h>
#include <pfm/nlp/config_file.h>
#include <pfm/nlp/import_weights.h>
#include <pfm/nlp/text_decoder.h>
#include <pfm/nlp/text_heads.h>
#include <pfm/nn/classification.h>
#include <pfm/tests/text_models.h>

namespace pfm::parity {
namespace {

using fixture::Array;
using fixture::Group;
namespace fs = std::filesystem;

std::vector<int> labelled(const Array& labels) {
  std::vector<int> mask;
  for (const double label : labels.values) mask.push_back(label >= 0);
  return mask;
}

// What a decoder reads: the labels one place later, behind a first token.
Array shifted(Array labels, NodeId first) {
  for (std::size_t i = labels.values.size(); i-- > 0;)
    labels.values[i] = i % std::size_t(labels.shape[1]) == 0 ? first : labels.values[i - 1];
  return labels;
}

class GoldenEncoderDecoder : public TextModel {
 public:
  GoldenEncoderDecoder(const Group& file, const fs::path& folder)
      : GoldenEncoderDecoder(file, nlp::import_weights(folder),
                             NodeId(nlp::ConfigFile(folder / "config.json").number("decoder_start_token_id", 2))) {}

  void forward(Comparison& compare) const override {
    const NoGradient none;
    const std::vector<Var> encoded = encoder_.states(rows_);
    const std::vector<Var> decoded = decoder_.states(decoder_rows_.text, encoded.back(), decoder_rows_.sources);
    states(compare, "encoder_hidden_states", sources_, encoded);
    states(compare, "decoder_hidden_states", targets_, decoded);
    compare_rows(compare, "logits", head_(decoded.back()), targets_);
    compare_loss(compare);
  }

 private:
  GoldenEncoderDecoder(const Group& file, nlp::Imported imported, NodeId first)
      : TextModel(file, std::move(imported)),
        sources_(file),
        targets_(shifted(file.array("target/labels"), first), labelled(file.array("target/labels")),
                 std::vector<int>(file.array("target/labels").values.size())),
        encoder_(p_, a_),
        decoder_(p_, a_, encoder_.tables.tokens),
        head_(p_, a_, encoder_.tables.tokens),
        rows_(nlp::text_rows(a_, sources_.batch)),
        decoder_rows_(nlp::decoder_rows(a_, targets_.batch, sources_.batch)) {}

  void states(Comparison& compare, const std::string& name, const Sentences& places,
              const std::vector<Var>& found) const {
    for (std::size_t l = 0; l < found.size(); ++l) {
      const std::string what = fmt::format("{}/{}", name, l);
      compare_rows(compare, what, found[l], places);
    }
    if (file_.has(fmt::format("output/{}/{}", name, found.size()))) compare.fail("fewer layers than the file");
  }

  Var loss() const override {
    const Var decoded = decoder_(decoder_rows_.text, encoder_(rows_), decoder_rows_.sources);
    return cross_entropy(head_(decoded), targets_.at_places(file_.array("target/labels")).as<std::int32_t>());
  }

  Sentences sources_, targets_;
  nlp::TextEncoder encoder_;
  nlp::TextDecoder decoder_;
  nlp::LanguageHead head_;
  nlp::TextRows rows_;
  nlp::DecoderRows decoder_rows_;
};

}  // namespace

std::vector<Case> encoder_decoder_cases(std::shared_ptr<const Group> file, const fs::path& path) {
  const fs::path folder = path.parent_path();
  if (nlp::ConfigFile(folder / "config.json").text("model_type", "") != "bart") return {};
  return text_cases<GoldenEncoderDecoder>(file, folder);
}

}  // namespace pfm::parity
