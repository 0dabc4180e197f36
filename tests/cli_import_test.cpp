// Other projects' language models, as a user has them: imported into one file, then texts embedded.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <pfm/io/embedding.h>
#include <pfm/io/safetensors.h>
#include <pfm/tests/matrices.h>
#include <pfm/tests/program.h>
#include <pfm/tests/temporary.h>

#include <cmath>

using namespace pfm;

namespace {

// A BERT of one layer over letters and a few words, as its own project would save it.
struct Folder {
  Folder() {
    put("config.json", R"({"model_type":"bert","vocab_size":12,"hidden_size":4,"num_hidden_layers":1,
      "num_attention_heads":2,"intermediate_size":6,"max_position_embeddings":8,"type_vocab_size":2})");
    put("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\n##b\n\xC3\xA9\nan\n##n\n.\n");
    tensor("embeddings.word_embeddings.weight", 12, 4), tensor("embeddings.position_embeddings.weight", 8, 4);
    tensor("embeddings.token_type_embeddings.weight", 2, 4);
    norm("embeddings.LayerNorm", 4);
    const std::string layer = "encoder.layer.0.";
    for (const char* part :
         {"attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"})
      linear(layer + part, 4, 4);
    norm(layer + "attention.output.LayerNorm", 4);
    linear(layer + "intermediate.dense", 6, 4), linear(layer + "output.dense", 4, 6);
    norm(layer + "output.LayerNorm", 4);
    save();
  }
  void put(const std::string& name, const std::string& content) const { ::put(folder / name, content); }
  void tensor(const std::string& name, Offset rows, Offset cols) {
    tensors[name] = random_matrix(rows, cols, tensors.size() + 1);
  }
  void linear(const std::string& name, Offset out, Offset in) {
    tensor(name + ".weight", out, in), tensor(name + ".bias", 1, out);
  }
  void norm(const std::string& name, Offset width) {
    tensor(name + ".weight", 1, width), tensor(name + ".bias", 1, width);
  }
  void save() const {
    std::map<std::string, const Matrix*> pointers;
    for (const auto& [name, matrix] : tensors) pointers[name] = &matrix;
    io::write_safetensors(folder / "model.safetensors", pointers, {{"format", "pt"}});
  }
  std::string at(const char* name) const { return (folder / name).string(); }
  Finished import() const { return pfm_program("import " + folder.path().string() + " -o " + at("m.pfm")); }
  Matrix embed(const std::string& texts, std::string* says = nullptr) const {
    put("texts.txt", texts);
    const Finished run = pfm_program(fmt::format("embed {} {} -o {}", at("m.pfm"), at("texts.txt"), at("e.npy")));
    REQUIRE_MESSAGE(run.code == 0, run.err);
    if (says) *says = run.err;
    return io::read_embedding(at("e.npy")).rows;
  }

  Temporary folder;
  std::map<std::string, Matrix> tensors;
};

const std::string modules = R"([{"path":"","type":"sentence_transformers.models.Transformer"},
  {"path":"1_Pooling","type":"sentence_transformers.models.Pooling"},
  {"path":"2_Normalize","type":"sentence_transformers.models.Normalize"}])";

}  // namespace

TEST_SUITE("cli") {
  TEST_CASE("import: one file is enough to embed lines, a row each") {
    const Folder model;
    const Finished run = model.import();
    REQUIRE_MESSAGE(run.code == 0, run.err);
    CHECK(run.out.find("bert, 1 layers of 4") != std::string::npos);
    CHECK(run.out.find("12 tokens; a sentence is mean of at most 8 tokens") != std::string::npos);
    for (const char* name : {"config.json", "vocab.txt", "model.safetensors"}) std::filesystem::remove(model.at(name));
    std::string says;
    const Matrix rows = model.embed("a ab.\n\nab\nab a\n", &says);
    CHECK((rows.rows() == 4 && rows.cols() == 4));
    CHECK(says.empty());
    const Matrix alone = model.embed("ab");
    CHECK(largest_difference(alone, Matrix(1, 4, {rows(2, 0), rows(2, 1), rows(2, 2), rows(2, 3)})) < 1e-5);
  }
  TEST_CASE("embed --precision bf16: other rows, but nearly the same") {
    const Folder model;
    REQUIRE(model.import().code == 0);
    const Matrix rows = model.embed("a ab.\nab a\n");
    const auto run = [&](const char* precision) {
      return pfm_program(fmt::format("embed {} {} -o {} --precision {}", model.at("m.pfm"), model.at("texts.txt"),
                                     model.at("e.npy"), precision));
    };
    REQUIRE(run("bf16").code == 0);
    const double apart = largest_difference(rows, io::read_embedding(model.at("e.npy")).rows);
    CHECK(apart > 1e-5);
    CHECK(apart < 0.05);
    CHECK(run("f16").code == 2);
  }
  TEST_CASE("import: what is cut off or cannot be spelled is said") {
    const Folder model;
    REQUIRE(model.import().code == 0);
    std::string says;
    const Matrix rows = model.embed("a a a a a a\na a a a a a a b\nan xyz\n", &says);
    CHECK(says.find("1 of 3 texts have more than 8 tokens: 2 at their ends were left out") != std::string::npos);
    CHECK(says.find("1 of 3 texts have words that the vocabulary cannot spell: 1 stand as [UNK]") != std::string::npos);
    CHECK(std::equal(rows.row(0).begin(), rows.row(0).end(), rows.row(1).begin()));
    model.put("texts.txt", "a\n\xFF\n");
    const Finished run =
        pfm_program(fmt::format("embed {} {} -o {}", model.at("m.pfm"), model.at("texts.txt"), "x.npy"));
    CHECK(run.code == 65);
    CHECK(run.err.find("texts.txt:2:1: is not UTF-8") != std::string::npos);
  }
  TEST_CASE("import: sentence-transformers' modules say how sentences become rows") {
    const Folder model;
    std::filesystem::create_directory(model.folder / "1_Pooling");
    model.put("modules.json", modules);
    model.put("sentence_bert_config.json", R"({"max_seq_length": 4})");
    model.put("1_Pooling/config.json", R"({"pooling_mode_cls_token": true, "pooling_mode_max_tokens": true})");
    const Finished run = model.import();
    REQUIRE_MESSAGE(run.code == 0, run.err);
    CHECK(run.out.find("cls, max, of length 1, of at most 4 tokens") != std::string::npos);
    const Matrix rows = model.embed("a\n");
    REQUIRE(rows.cols() == 8);
    double squares = 0;
    for (const Real v : rows.values()) squares += double(v) * double(v);
    CHECK(std::abs(squares - 1) < 1e-5);
    model.put("1_Pooling/config.json", R"({"pooling_mode_weightedmean_tokens": true})");
    CHECK(model.import().err.find("which this program has not") != std::string::npos);
    model.put("modules.json", R"([{"path":"../x","type":"sentence_transformers.models.Pooling"}])");
    CHECK(model.import().err.find("no folder's name") != std::string::npos);
  }
  TEST_CASE("export huggingface: the folder as it came") {
    const Folder model;
    REQUIRE(model.import().code == 0);
    const std::string back = model.at("back");
    const std::string command = fmt::format("export huggingface {} {}", model.at("m.pfm"), back);
    const Finished run = pfm_program(command);
    REQUIRE_MESSAGE(run.code == 0, run.err);
    for (const char* name : {"config.json", "vocab.txt"})
      CHECK(content_of(model.folder / name) == content_of(std::filesystem::path(back) / name));
    const auto came = io::read_safetensors(model.folder / "model.safetensors").matrices;
    const auto went = io::read_safetensors(std::filesystem::path(back) / "model.safetensors").matrices;
    REQUIRE(went.size() == came.size());
    for (const auto& [name, matrix] : came) CHECK(largest_difference(went.at(name), matrix) == 0);
    const std::string header = content_of(std::filesystem::path(back) / "model.safetensors").substr(0, 4000);
    CHECK(header.find(R"("pooler)") == std::string::npos);
    CHECK(header.find(R"("embeddings.LayerNorm.bias":{"dtype":"F32","shape":[4])") != std::string::npos);
    CHECK(pfm_program(command).code == 74);
    io::Tensors hostile = io::read_safetensors(model.at("m.pfm"));
    std::map<std::string, const Matrix*> pointers;
    for (const auto& [name, matrix] : hostile.matrices) pointers[name] = &matrix;
    hostile.metadata["file ../stray.json"] = "{}";
    io::write_safetensors(model.at("h.pfm"), pointers, hostile.metadata);
    const Finished refused = pfm_program(fmt::format("export huggingface {} {}", model.at("h.pfm"), model.at("other")));
    CHECK(refused.code == 65);
    CHECK(refused.err.find("'../stray.json' is no name of a file within a folder") != std::string::npos);
    CHECK(!std::filesystem::exists(back + ".partial"));
  }
  TEST_CASE("embed: lines of any length, none at all, a model that was damaged") {
    const Folder model;
    REQUIRE(model.import().code == 0);
    const std::string longest(10 << 20, 'a');
    std::string says;
    const Matrix rows = model.embed(
        "\xEF\xBB\xBF"
        "ab\r\n\n" +
            longest + "\nab",
        &says);
    CHECK(rows.rows() == 4);
    CHECK(std::equal(rows.row(0).begin(), rows.row(0).end(), rows.row(3).begin()));
    CHECK(says.find("1 of 4 texts have words that the vocabulary cannot spell: 1 stand as [UNK]") != std::string::npos);
    const auto refused = [&](const std::string& m, const char* part) {
      const Finished run = pfm_program(
          fmt::format("embed {} {} -o {}", model.at(m.c_str()), model.at("texts.txt"), model.at("none.npy")));
      CHECK(run.code == 65);
      CHECK_MESSAGE(run.err.find(part) != std::string::npos, run.err);
      CHECK(!std::filesystem::exists(model.at("none.npy")));
    };
    model.put("texts.txt", "");
    refused("m.pfm", "texts.txt: has no line");
    model.put("texts.txt", std::string("a\0b\n", 4));
    refused("m.pfm", "texts.txt:1:1: is not UTF-8 or holds a zero byte");
    model.put("texts.txt", "a\n");
    const std::string whole = content_of(model.at("m.pfm"));
    model.put("cut.pfm", whole.substr(0, whole.size() - 3));
    refused("cut.pfm", "that the file has");
    model.put("cut.pfm", whole.substr(0, 200));
    refused("cut.pfm", "not a safetensors file");
  }
  TEST_CASE("import: what does not fit is refused, and nothing is written") {
    const Folder model;
    model.put("sentence_bert_config.json", R"({"max_seq_length": 2})");
    CHECK(model.import().err.find("sentences have at most 2 tokens, but 2 frame them") != std::string::npos);
    model.put("sentence_bert_config.json", "{}");
    model.put("modules.json", modules);
    std::filesystem::create_directory(model.folder / "1_Pooling");
    model.put("1_Pooling/config.json", R"({"pooling_mode_mean_tokens": true, "word_embedding_dimension": 384})");
    CHECK(model.import().err.find("'word_embedding_dimension' is '384', but the model's rows have 4") !=
          std::string::npos);
    std::filesystem::remove(model.at("modules.json"));
    model.put("vocab.txt", "[UNK]\n[CLS]\n[SEP]\na\n");
    CHECK(model.import().err.find("the tokenizer has 4 tokens, the model rows for 12: the last 8 are never used") !=
          std::string::npos);
    std::filesystem::remove(model.at("m.pfm"));
    model.put("vocab.txt", "[UNK]\n[CLS]\n[SEP]\na\nb\nc\nd\ne\nf\ng\nh\ni\nj\n");
    Finished run = model.import();
    CHECK(run.code == 65);
    CHECK(run.err.find("the tokenizer has 13 tokens, but the model rows for 12") != std::string::npos);
    std::filesystem::remove(model.at("vocab.txt"));
    run = model.import();
    CHECK(run.code == 65);
    CHECK(run.err.find("expected tokenizer.json") != std::string::npos);
    CHECK(!std::filesystem::exists(model.at("m.pfm")));
    CHECK(pfm_program("import " + model.folder.path().string()).code == 2);
    CHECK(pfm_program("eval " + model.at("model.safetensors") + " karate").err.find("not written by pfm pretrain") !=
          std::string::npos);
  }
}
