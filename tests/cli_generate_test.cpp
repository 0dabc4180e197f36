// Texts that a model trained here goes on with, as a user asks for them.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <pfm/tests/program.h>
#include <pfm/tests/temporary.h>

#include <nlohmann/json.hpp>

namespace {

struct TrainedText {
  explicit TrainedText(const std::string& method) {
    std::string text;
    for (int i = 0; i < 60; ++i) text += fmt::format("one two three {}\n\n", i % 7);
    put(folder / "text.txt", text);
    const Finished run = pfm_program(fmt::format(
        "pretrain {} {} --protocol {} --set epochs=2 --set hidden=16 --set layers=1 --set heads=2 --set length=32 "
        "--set warmup=0 -o {}",
        method, (folder / "text.txt").string(), method == "gpt" ? "lm" : "held-out", model()));
    REQUIRE_MESSAGE(run.code == 0, run.err);
  }
  std::string model() const { return (folder / "m.safetensors").string(); }
  Finished generate(const std::string& words) const { return pfm_program("generate " + model() + " " + words); }
  Temporary folder;
};

}  // namespace

TEST_SUITE("cli") {
  TEST_CASE("generate: prompts of an option, a file and standard input; the same seed gives the same text") {
    const TrainedText gpt("gpt");
    const Finished one = gpt.generate("--prompt 'one two' --tokens 20");
    REQUIRE_MESSAGE(one.code == 0, one.err);
    CHECK(one.out.starts_with("one two"));
    CHECK(one.out.size() > 8);
    put(gpt.folder / "prompts.txt", "one two\n\nthree\n");
    const std::string file = (gpt.folder / "prompts.txt").string();
    const Finished of_file = gpt.generate(file + " --tokens 20");
    CHECK(of_file.code == 0);
    CHECK(of_file.out.starts_with(one.out + "\n"));
    CHECK(gpt.generate("--tokens 20 < " + file).out == of_file.out);
    const std::string drawn =
        file + " --tokens 20 --temperature 1.5 --top-k 9 --top-p 0.9 --seed 3 --json - --threads ";
    const Finished seeded = gpt.generate(drawn + "1");
    REQUIRE_MESSAGE(seeded.code == 0, seeded.err);
    CHECK(seeded.out == gpt.generate(drawn + "2").out);
    const auto texts = nlohmann::json::parse(seeded.out)["texts"];
    REQUIRE(texts.size() == 3);
    CHECK((texts[1]["prompt"] == "" && texts[2]["prompt"] == "three" && texts[2]["tokens"] == 20));
    const Finished greedy = gpt.generate(file + " --tokens 20 --top-k 1 --seed 8");
    CHECK(greedy.out == of_file.out);
  }
  TEST_CASE("generate: what cannot be done is said") {
    const TrainedText bert("bert");
    const Finished run = bert.generate("--prompt one");
    CHECK(run.code == 65);
    CHECK(run.err.find("bert predicts no next token; expected a model of gpt, or GPT-2") != std::string::npos);
    for (const char* words : {"--prompt a b.txt", "--prompt a --top-p 0", "--prompt a --top-k 0",
                              "--prompt a --tokens 0", "--prompt a --temperature 0", "--prompt a --temperature -1"})
      CHECK_MESSAGE(bert.generate(words).code == 2, std::string(words));
    CHECK(pfm_program("generate nothing.safetensors --prompt a").code == 65);
  }
}
