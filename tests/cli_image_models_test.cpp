// Models of other projects that see images, as a user has them: a folder imported into one file, then images, and
// CLIP's texts in the same space, embedded.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <pfm/encoders/patches.h>
#include <pfm/io/embedding.h>
#include <pfm/multimodal/beit_file.h>
#include <pfm/multimodal/clip_file.h>
#include <pfm/nlp/byte_letters.h>
#include <pfm/nn/segments.h>
#include <pfm/tests/digits.h>
#include <pfm/tests/matrices.h>
#include <pfm/tests/program.h>
#include <pfm/tests/temporary.h>
#include <pfm/vision/weight_names.h>

#include <cmath>
#include <nlohmann/json.hpp>

using namespace pfm;

namespace {

// A CLIP of two small towers over bytes and grey images of 8 x 8 pixels, as its own project would save it.
struct ClipFolder {
  ClipFolder() {
    put("config.json", R"({"model_type":"clip","projection_dim":6,
      "text_config":{"vocab_size":514,"hidden_size":8,"intermediate_size":12,"num_hidden_layers":1,
        "num_attention_heads":2,"max_position_embeddings":10,"eos_token_id":513},
      "vision_config":{"hidden_size":8,"intermediate_size":12,"num_hidden_layers":2,"num_attention_heads":2,
        "image_size":8,"patch_size":4,"num_channels":1}})");
    put("preprocessor_config.json", R"({"image_mean":[0.5],"image_std":[0.25]})");
    put("merges.txt", "#version: 0.2\n");
    nlohmann::json vocabulary = nlohmann::json::object();
    for (const char* end : {"", "</w>"})
      for (const unsigned char byte : nlp::byte_order()) {
        const std::string letter = nlp::byte_letters()[byte] + end;
        vocabulary[letter] = vocabulary.size();
      }
    vocabulary["<|startoftext|>"] = 512, vocabulary["<|endoftext|>"] = 513;
    put("vocab.json", vocabulary.dump());
    weights();
    save();
  }
  void weights() {
    const auto linear = [&](const std::string& name, Offset out, Offset in) {
      tensor(name + ".weight", out, in), tensor(name + ".bias", 1, out);
    };
    const auto norm = [&](const std::string& name) { tensor(name + ".weight", 1, 8), tensor(name + ".bias", 1, 8); };
    for (const auto& [name, layers] : {std::pair<std::string, int>{"text_model", 1}, {"vision_model", 2}})
      for (int i = 0; i < layers; ++i) {
        const std::string layer = fmt::format("{}.encoder.layers.{}.", name, i);
        for (const char* part : {"q_proj", "k_proj", "v_proj", "out_proj"}) linear(layer + "self_attn." + part, 8, 8);
        linear(layer + "mlp.fc1", 12, 8), linear(layer + "mlp.fc2", 8, 12);
        norm(layer + "layer_norm1"), norm(layer + "layer_norm2");
      }
    for (const char* name : {"text_model.final_layer_norm", "vision_model.pre_layrnorm", "vision_model.post_layernorm"})
      norm(name);
    tensor("text_model.embeddings.token_embedding.weight", 514, 8);
    tensor("text_model.embeddings.position_embedding.weight", 10, 8);
    tensor("vision_model.embeddings.class_embedding", 1, 8);
    tensor("vision_model.embeddings.patch_embedding.weight", 8 * 4, 4), shapes[last] = {8, 1, 4, 4};
    tensor("vision_model.embeddings.position_embedding.weight", 5, 8);
    tensor("text_projection.weight", 6, 8), tensor("visual_projection.weight", 6, 8);
    tensor("logit_scale", 1, 1);
  }
  void tensor(const std::string& name, Offset rows, Offset cols) {
    tensors[name] = random_matrix(rows, cols, tensors.size() + 1), last = name;
  }
  void put(const std::string& name, const std::string& content) const { ::put(folder / name, content); }
  void save() const {
    std::map<std::string, const Matrix*> pointers;
    for (const auto& [name, matrix] : tensors) pointers[name] = &matrix;
    io::write_safetensors(folder / "model.safetensors", pointers, {{"format", "pt"}}, shapes);
  }
  std::string at(const char* name) const { return (folder / name).string(); }
  Finished import() const { return pfm_program("import " + folder.path().string() + " -o " + at("m.pfm")); }
  Matrix embed(const std::string& data) const {
    const Finished run = pfm_program(fmt::format("embed {} {} -o {}", at("m.pfm"), data, at("e.npy")));
    REQUIRE_MESSAGE(run.code == 0, run.err);
    return io::read_embedding(at("e.npy")).rows;
  }

  Temporary folder;
  std::map<std::string, Matrix> tensors;
  std::map<std::string, std::vector<Offset>> shapes;
  std::string last;
};

double length_of(std::span<const Real> row) {
  double squares = 0;
  for (const Real v : row) squares += double(v) * double(v);
  return std::sqrt(squares);
}

}  // namespace

TEST_SUITE("cli") {
  TEST_CASE("import: CLIP in one file embeds texts and images in one space") {
    const ClipFolder model;
    const Finished run = model.import();
    REQUIRE_MESSAGE(run.code == 0, run.err);
    CHECK(run.out.find("clip, 1 layers of 8 for texts of at most 10 tokens, 2 of 8 for images of 8 x 8") !=
          std::string::npos);
    const ClipFile clip = import_clip(model.folder.path());
    for (const char* name : {"config.json", "vocab.json", "merges.txt", "model.safetensors"})
      std::filesystem::remove(model.at(name));
    const std::vector<std::string> texts{"a b", "A  B", "", "a text of far more than ten tokens"};
    std::string lines;
    for (const std::string& text : texts) lines += text + "\n";
    model.put("texts.txt", lines);
    const Finished cut =
        pfm_program(fmt::format("embed {} {} -o {}", model.at("m.pfm"), model.at("texts.txt"), model.at("e.npy")));
    CHECK(cut.err.find("1 of 4 texts have more than 10 tokens") != std::string::npos);
    const Matrix of_texts = model.embed(model.at("texts.txt")), of_images = model.embed("digits");
    CHECK((of_texts.rows() == 4 && of_texts.cols() == 6 && of_images.rows() == 1797 && of_images.cols() == 6));
    for (Offset i = 0; i < 4; ++i) CHECK(length_of(of_texts.row(i)) == doctest::Approx(1).epsilon(1e-5));
    CHECK(std::equal(of_texts.row(0).begin(), of_texts.row(0).end(), of_texts.row(1).begin()));  // lower case, spaces
    std::vector<nlp::TokenIds> sentences;
    for (const std::string& text : texts)
      sentences.push_back(nlp::cut_sentence(clip.tokenizer, clip.sentences, clip.tokenizer.encode(text)));
    CHECK(largest_difference(of_texts, embed_texts(clip, sentences)) < 1e-6);
    CHECK(largest_difference(of_images, embed_images(clip, io::builtin("digits").all)) < 1e-6);
    const Dataset five = some_digits(5);
    const Matrix alone = embed_images(clip, five.all);
    for (Offset i = 0; i < alone.size(); ++i) CHECK(std::abs(alone.data()[i] - of_images.data()[i]) < 1e-5);
  }

  TEST_CASE("import: a CLIP that does not fit is refused") {
    ClipFolder model;
    REQUIRE(model.import().code == 0);
    const Finished graph = pfm_program(fmt::format("embed {} karate -o {}", model.at("m.pfm"), model.at("e.npy")));
    CHECK((graph.code == 65 && graph.err.find("neither texts nor images") != std::string::npos));
    model.tensors.erase("logit_scale");
    model.save();
    Finished run = model.import();
    CHECK((run.code == 65 && run.err.find("lacks the tensor 'logit_scale'") != std::string::npos));
    model.tensor("logit_scale", 1, 1), model.tensor("other", 1, 1);
    model.save();
    CHECK(model.import().err.find("has the tensor 'other' that no such model has") != std::string::npos);
    const std::string config = content_of(model.at("config.json"));
    for (const auto& [from, to] :
         {std::pair{"\"vocab_size\":514", "\"vocab_size\":2000000000"}, {"\"image_size\":8", "\"image_size\":16384"}}) {
      std::string greedy = config;
      model.put("config.json", greedy.replace(greedy.find(from), std::string(from).size(), to));
      run = model.import();
      CHECK((run.code == 65 && run.err.find("but all weights are") != std::string::npos));
    }
    model.put("config.json", config);
    model.put("preprocessor_config.json", R"({"image_mean":[0],"image_std":[0]})");
    CHECK(model.import().err.find("expected numbers above 0") != std::string::npos);
    model.put("preprocessor_config.json", R"({"image_mean":[1, 2]})");
    CHECK(model.import().err.find("'image_mean': expected 1 numbers") != std::string::npos);
    model.put("config.json", R"({"model_type":"clip","text_config":{}})");
    CHECK(model.import().err.find("has no 'vision_config'") != std::string::npos);
  }

  TEST_CASE("import: BEiT in one file embeds images as its network does") {
    using Relative = VisionParts::Relative;
    const Temporary folder;
    const Params p;
    const VisionTransformer network(p / "encoder", 16, {2, 2},
                                    {.width = 8,
                                     .heads = 2,
                                     .feed_forward = 12,
                                     .layers = 2,
                                     .norm_first = true,
                                     .key_bias = false,
                                     .layer_scale = 1},
                                    VisionTransformer::Positions::none, 1,
                                    {.token = true, .relative = Relative::each_layer});
    const Linear codes(p / "codes", 8, 7);
    for (auto& [name, entry] : p.entries())
      entry.var.value() = random_matrix(entry.var.rows(), entry.var.cols(), Rng(3).split(name).key());
    std::map<std::string, Matrix> theirs;
    for (const ImageTensor& name : beit_tensors(2, VisionTransformer::Positions::none, Relative::each_layer))
      theirs[name.theirs] = as_theirs(name, p.at(name.ours).value(), 16);
    std::map<std::string, const Matrix*> pointers;
    for (const auto& [name, matrix] : theirs) pointers[name] = &matrix;
    const std::map<std::string, std::vector<Offset>> shapes{
        {"beit.embeddings.patch_embeddings.projection.weight", {8, 1, 4, 4}}};
    io::write_safetensors(folder / "model.safetensors", pointers, {{"format", "pt"}}, shapes);
    const auto configure = [&](const std::string& more) {
      ::put(folder / "config.json", R"({"model_type":"beit","hidden_size":8,"num_attention_heads":2,
        "intermediate_size":12,"num_hidden_layers":2,"image_size":8,"patch_size":4,"num_channels":1,"vocab_size":7,
        "layer_scale_init_value":0.1,"use_mask_token":true)" +
                                        more + "}");
      return pfm_program("import " + folder.path().string() + " -o " + (folder / "m.pfm").string());
    };
    ::put(folder / "preprocessor_config.json", R"({"image_mean":[0],"image_std":[1]})");
    CHECK(configure("").err.find("relative_position_bias_table' that no such model has") != std::string::npos);
    const Finished run = configure(R"(,"use_relative_position_bias":true)");
    REQUIRE_MESSAGE(run.code == 0, run.err);
    CHECK(run.out.find("beit, 2 layers of 8 for images of 8 x 8") != std::string::npos);
    const std::string embedded = (folder / "e.npy").string();
    const Finished embed = pfm_program(fmt::format("embed {} digits -o {}", (folder / "m.pfm").string(), embedded));
    REQUIRE_MESSAGE(embed.code == 0, embed.err);
    const Matrix rows = io::read_embedding(embedded).rows;
    const Batch patches = cut_patches(some_digits(5).all, 4);
    const PatchRows where = patch_rows(patches);
    const Var direct = segment_means(behind_first(network(where, patches.x), where.segments, 1), where.segments);
    for (Offset i = 0; i < direct.value().size(); ++i)
      CHECK(std::abs(direct.value().data()[i] - rows.data()[i]) < 1e-4);
    CHECK(pfm_program(fmt::format("embed {} karate -o {}", (folder / "m.pfm").string(), embedded)).code == 65);
  }

  TEST_CASE("patches are asked to fit the images that are given, not those a list of options is made with") {
    const Temporary folder;
    std::string file("\0\0\x08\x03\0\0\0\x0a\0\0\0\x06\0\0\0\x06", 16);  // 10 images of 6 x 6
    for (int i = 0; i < 10 * 36; ++i) file += char(i * 37 % 251);
    ::put(folder / "x-images-idx3-ubyte", file);
    ::put(folder / "x-labels-idx1-ubyte", std::string("\0\0\x08\x01\0\0\0\x0a\0\1\0\1\0\1\0\1\0\1", 18));
    const auto learn = [&](int patch) {
      return pfm_program(
          fmt::format("pretrain beit {} -o {} --set patch={} --set epochs=1 --set layers=1 --set "
                      "hidden=8 --set heads=2 --set codes=4 --set tokenizer_steps=1",
                      (folder / "x-images-idx3-ubyte").string(), (folder / "m.st").string(), patch));
    };
    const Finished fits = learn(3);
    CHECK_MESSAGE(fits.code == 0, fits.err);
    const Finished other = learn(4);
    CHECK(other.code == 65);
    CHECK(other.err.find("divides 6 and 6, got 4") != std::string::npos);
  }
}
