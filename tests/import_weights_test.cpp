// Weights of other projects: names and shapes against the golden models, parameter counts, and contradictions.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <pfm/io/safetensors.h>
#include <pfm/nlp/import_weights.h>
#include <pfm/nlp/text_model.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "corruption.h"
#include "temporary.h"

using namespace pfm;
namespace fs = std::filesystem;

namespace {

const std::string bert_base = R"({"model_type":"bert","vocab_size":30522,"hidden_size":768,"num_hidden_layers":12,
  "num_attention_heads":12,"intermediate_size":3072,"max_position_embeddings":512,"type_vocab_size":2})";
const std::string albert_base = R"({"model_type":"albert","vocab_size":30000,"embedding_size":128,"hidden_size":768,
  "num_hidden_layers":12,"num_hidden_groups":1,"inner_group_num":1,"num_attention_heads":12,"intermediate_size":3072,
  "max_position_embeddings":512,"type_vocab_size":2})";
const std::string tiny_bert = R"({"model_type":"bert","vocab_size":5,"hidden_size":4,"num_hidden_layers":1,
  "num_attention_heads":2,"intermediate_size":3,"max_position_embeddings":2,"type_vocab_size":0})";

nlp::Names names_by(const std::string& config) {
  const Temporary folder;
  put(folder / "config.json", config);
  const nlp::ConfigFile file(folder / "config.json");
  for (const nlp::Family& family : nlp::families())
    if (family.id == file.text("model_type", "")) return family.names(family.architecture(file));
  return {};
}

// Numbers of the encoder and its pooler (parts 0 and 1).
std::int64_t encoder_numbers(const nlp::Names& names) {
  std::int64_t count = 0;
  for (const nlp::TensorName& name : names.tensors)
    if (name.part <= 1) count += std::int64_t(name.rows) * name.cols;
  return count;
}

std::int64_t numbers(const std::map<std::string, Matrix>& matrices) {
  std::int64_t count = 0;
  for (const auto& [name, matrix] : matrices) count += matrix.size();
  return count;
}

// A folder of a small model whose tensors hold 0, 1, 2, ..; changes come before it is written.
struct Model {
  explicit Model(const std::string& config) {
    put(folder / "config.json", config);
    for (const nlp::TensorName& name : names_by(config).tensors) {
      if (name.part > 1 || name.first_column > 0) continue;
      const Offset cols = name.of_columns > 0 ? name.of_columns : name.cols;
      add("bert." + name.theirs, name.transposed ? name.cols : name.rows, name.transposed ? name.rows : cols);
    }
  }
  void add(const std::string& name, Offset rows, Offset cols) {
    Matrix m(rows, cols);
    for (Offset i = 0; i < m.size(); ++i) m.data()[i] = Real(next++);
    matrices[name] = std::move(m);
  }
  nlp::Imported read() {
    std::map<std::string, const Matrix*> all;
    for (const auto& [name, matrix] : matrices) all[name] = &matrix;
    io::write_safetensors(folder / "model.safetensors", all, {});
    return nlp::import_weights(folder.path());
  }
  void refused(const char* says) { CHECK_THROWS_WITH_AS(read(), doctest::Contains(says), Error); }
  Temporary folder;
  std::map<std::string, Matrix> matrices;
  int next = 0;
};

}  // namespace

TEST_SUITE("import") {
  TEST_CASE("parameter counts of BERT-base and ALBERT-base") {
    CHECK(encoder_numbers(names_by(bert_base)) == 109'482'240);
    CHECK(encoder_numbers(names_by(albert_base)) == 11'683'584);
  }

  TEST_CASE("golden models: every tensor finds its name, and nothing is left over") {
    const char* fixtures = std::getenv("PFM_FIXTURES");
    if (fixtures == nullptr) return fmt::print("import: PFM_FIXTURES is not set: golden models skipped\n");
    for (const char* name : {"bert_pretraining", "bert_mlm", "roberta_mlm", "distilbert_mlm", "albert_pretraining",
                             "electra_discriminator", "electra_generator", "mpnet_mlm", "gpt2", "xlnet_two_stream"}) {
      INFO(name);
      const fs::path folder = fs::path(fixtures) / "hf" / name;
      const auto theirs = io::read_safetensors(folder / "model.safetensors").matrices;
      const nlp::Imported ours = nlp::import_weights(folder);
      CHECK(numbers(ours.matrices) == numbers(theirs));
      CHECK(ours.architecture.heads == 4);
      CHECK(ours.architecture.activation ==
            (nlp::ConfigFile(folder / "config.json").text("hidden_act", "gelu") == "gelu_new" ||
                     std::string(name) == "gpt2"
                 ? "gelu_tanh"
                 : "gelu"));
      CHECK(ours.matrices.at("embedding.tokens.weight").rows() == ours.architecture.vocabulary);
      fmt::print("import: {}: {} tensors, {} numbers\n", name, ours.matrices.size(), numbers(ours.matrices));
    }
  }

  TEST_CASE("golden models: weights are turned to [in, out], GPT-2's fused map is cut") {
    const char* fixtures = std::getenv("PFM_FIXTURES");
    if (fixtures == nullptr) return fmt::print("import: PFM_FIXTURES is not set: golden models skipped\n");
    const fs::path root = fs::path(fixtures) / "hf";
    const auto bert = io::read_safetensors(root / "bert_mlm/model.safetensors").matrices;
    const auto ours = nlp::import_weights(root / "bert_mlm").matrices;
    CHECK(ours.at("layers.2.feed_forward.0.weight")(5, 40) ==
          bert.at("bert.encoder.layer.2.intermediate.dense.weight")(40, 5));
    CHECK(ours.at("layers.1.attention.query.weight")(3, 7) ==
          bert.at("bert.encoder.layer.1.attention.self.query.weight")(7, 3));
    CHECK(ours.at("layers.0.attention_norm.scale")(0, 9) ==
          bert.at("bert.encoder.layer.0.attention.output.LayerNorm.weight")(0, 9));
    CHECK(ours.at("lm.output_bias")(0, 100) == bert.at("cls.predictions.bias")(0, 100));
    const auto gpt2 = io::read_safetensors(root / "gpt2/model.safetensors").matrices;
    const auto cut = nlp::import_weights(root / "gpt2").matrices;
    CHECK(cut.at("layers.1.attention.key.weight")(3, 7) == gpt2.at("transformer.h.1.attn.c_attn.weight")(3, 32 + 7));
    CHECK(cut.at("layers.1.attention.value.bias")(0, 7) == gpt2.at("transformer.h.1.attn.c_attn.bias")(0, 64 + 7));
    CHECK(cut.at("layers.2.feed_forward.1.weight")(99, 4) == gpt2.at("transformer.h.2.mlp.c_proj.weight")(99, 4));
    CHECK(nlp::import_weights(root / "gpt2").architecture.norm_first);
  }

  TEST_CASE("names: without prefix, gamma and beta, buffers, copies of what is tied") {
    Model model(tiny_bert);
    const auto expected = model.read();
    CHECK(expected.matrices.at("layers.0.feed_forward.0.weight").cols() == 3);
    std::map<std::string, Matrix> bare;
    for (auto& [name, matrix] : model.matrices) {
      std::string plain = name.substr(5);
      if (const auto at = plain.find("LayerNorm."); at != std::string::npos)
        plain.replace(at + 10, std::string::npos, plain.ends_with("weight") ? "gamma" : "beta");
      bare[plain] = std::move(matrix);
    }
    model.matrices = std::move(bare);
    model.add("embeddings.position_ids", 1, 2);
    const auto found = model.read();
    REQUIRE(found.matrices.size() == expected.matrices.size());
    for (const auto& [name, matrix] : expected.matrices) {
      const std::string which(name);  // clang captures no structured binding
      INFO(which);
      CHECK(std::ranges::equal(found.matrices.at(name).values(), matrix.values()));
    }
    model.matrices["cls.predictions.decoder.weight"] = model.matrices["embeddings.word_embeddings.weight"].clone();
    CHECK(model.read().matrices.size() == expected.matrices.size());
    model.matrices["cls.predictions.decoder.weight"](0, 0) += 1;
    model.refused("'cls.predictions.decoder.weight' differs from 'embeddings.word_embeddings.weight'");
  }

  TEST_CASE("contradictions are refused and named") {
    const std::string query = "bert.encoder.layer.0.attention.self.query.weight";
    Model missing(tiny_bert), surplus(tiny_bert), shape(tiny_bert), head(tiny_bert), twice(tiny_bert);
    missing.matrices.erase(query);
    missing.refused("lacks the tensor 'encoder.layer.0.attention.self.query.weight' that the configuration asks for");
    surplus.add("bert.encoder.layer.1.output.dense.bias", 1, 4), surplus.add("classifier.weight", 2, 4);
    surplus.refused("has the tensor 'classifier.weight' and 1 more that no model of this family");
    shape.matrices.erase(query), shape.add(query, 4, 5);
    shape.refused("query.weight' is [4, 5], but by the configuration [4, 4]");
    head.add("cls.predictions.bias", 1, 5);
    head.refused("lacks the tensor 'cls.predictions.transform.dense.weight' and 3 more");
    twice.add("pooler.dense.bias", 1, 4);
    twice.refused("has 'pooler.dense.bias' twice");
    for (const double number : {double(NAN), HUGE_VAL}) {
      Model damaged(tiny_bert);
      damaged.matrices[query](1, 2) = Real(number);
      damaged.refused("query.weight' holds numbers that are not finite");
    }
  }

  TEST_CASE("hostile: config.json") {
    Model model(tiny_bert);
    model.read();
    const auto changed = [](const std::string& from, const std::string& to) {
      const std::size_t at = tiny_bert.find(from);
      REQUIRE(at != std::string::npos);
      return std::string(tiny_bert).replace(at, from.size(), to);
    };
    for (const auto& [config, says] : std::vector<std::pair<std::string, std::string>>{
             {"", "is no JSON"},
             {"[1]", "found no object"},
             {"{}", "'model_type' is '', expected one of albert, bart, bert"},
             {changed("\"bert\"", "\"llama\""), "'model_type' is 'llama'"},
             {changed("\"bert\"", "3"), "'model_type' is '3', expected a text"},
             {changed("\"vocab_size\":5,", ""), "has no 'vocab_size'"},
             {changed("\"vocab_size\":5", "\"vocab_size\":6"), "word_embeddings.weight' is [5, 4]"},
             {changed("\"vocab_size\":5", "\"vocab_size\":-5"), "expected a whole number"},
             {changed("\"vocab_size\":5", "\"vocab_size\":1e9"), "expected a whole number"},
             {changed("\"vocab_size\":5", "\"vocab_size\":99999999999"), "expected a whole number"},
             {changed("\"hidden_size\":4", "\"hidden_size\":0"), "'hidden_size' is 0"},
             {changed("heads\":2", "heads\":3"), "no multiple of 3 heads"},
             {changed("layers\":1", "layers\":2000000000"), "more than 1000 layers"},
             {changed("layers\":1", "layers\":2"), "lacks the tensor 'encoder.layer.1."},
             {changed("layers\":1", "layers\":1,\"layer_norm_eps\":0"), "expected a number above 0"},
             {changed("layers\":1", "layers\":1,\"position_embedding_type\":\"relative_key\""),
              "only models with 'absolute'"},
             {changed("layers\":1", "layers\":1,\"hidden_act\":\"mish\""), "'hidden_act' is 'mish', an activation"},
             {changed("layers\":1", "layers\":1,\"is_decoder\":true"), "only models with false"}}) {
      const std::string which(config);  // clang captures no structured binding
      INFO(which);
      put(model.folder / "config.json", config);
      CHECK_THROWS_WITH_AS(nlp::import_weights(model.folder.path()), doctest::Contains(says.c_str()), Error);
    }
    survive("config.json", tiny_bert, model.folder / "config.json",
            [&] { return nlp::import_weights(model.folder.path()).matrices.size() > 20; });
    fs::remove(model.folder / "model.safetensors");
    put(model.folder / "config.json", tiny_bert), put(model.folder / "pytorch_model.bin", "x");
    CHECK_THROWS_WITH_AS(nlp::import_weights(model.folder.path()), doctest::Contains("safe_serialization"), Error);
    put(model.folder / "model.safetensors.index.json", "{}");
    CHECK_THROWS_WITH_AS(nlp::import_weights(model.folder.path()), doctest::Contains("max_shard_size"), Error);
  }

  TEST_CASE("hostile: random corruptions of weights, and of our file of a model") {
    std::string config = tiny_bert;
    config.replace(config.find("embeddings\":2"), 13, "embeddings\":4");  // room for a text in its frame
    Model model(config);
    model.read();
    put(model.folder / "vocab.txt", "[UNK]\n[CLS]\n[SEP]\na\n##b\n");
    const auto weights = model.folder / "model.safetensors", ours = model.folder / "m.pfm";
    const std::string bytes = content_of(weights);
    const nlp::Imported imported = nlp::import_weights(model.folder.path());
    std::map<std::string, const Matrix*> matrices;
    for (const auto& [name, matrix] : imported.matrices) matrices[name] = &matrix;
    nlp::write_text_model(ours, matrices, nlp::read_model_files(model.folder.path()));
    const std::string kept = content_of(ours);
    survive("weights", bytes, weights,
            [&] { return numbers(nlp::import_weights(model.folder.path()).matrices) < 1000; });
    survive("text model", kept, ours, [&] {
      const nlp::TextModel read = nlp::text_model(io::read_safetensors(ours), ours);
      return read.tokenizer.vocabulary->size() <= 5 && read.params.count() < 1000;
    });
  }
}
