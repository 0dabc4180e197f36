// Links, as a user scores them.
#include <doctest/doctest.h>
#include <pfm/tests/program.h>
#include <pfm/tests/temporary.h>

#include <nlohmann/json.hpp>

using Json = nlohmann::ordered_json;

namespace {

std::vector<std::string> keys(const Json& json) {
  std::vector<std::string> names;
  for (const auto& [name, value] : json.items()) names.push_back(name);
  return names;
}

const std::string quick = " --set hidden=8 --set epochs=5 --quiet --json - ";

}  // namespace

TEST_SUITE("cli") {
  TEST_CASE("links: half hidden, beside scores of pairs") {
    const Finished run = pfm_program("run gae karate --protocol link-50" + quick);
    REQUIRE(run.code == 0);
    const Json scores = Json::parse(run.out)["scores"];
    CHECK(keys(scores) == std::vector<std::string>{"auc", "ap", "hits@10", "hits@50", "hits@100", "mrr"});
    CHECK(keys(scores["auc"]["controls"]) == std::vector<std::string>{"common-neighbours", "jaccard", "adamic-adar",
                                                                      "preferential-attachment", "raw", "a1", "a2",
                                                                      "a3", "spectral", "random"});
    CHECK(pfm_program("help link-50").out.find("preferential-attachment the product of both degrees") !=
          std::string::npos);
  }
  TEST_CASE("links: another scorer sees the same edges held out, another split does not") {
    const Temporary folder;
    const std::string model = (folder / "m.safetensors").string();
    REQUIRE(pfm_program("pretrain gae karate --protocol link-85-5-10 --quiet --set hidden=8 --set epochs=5 -o " + model)
                .code == 0);
    for (const char* scorer : {"", "@dot", "@cosine", "@hadamard"})
      CHECK(pfm_program("eval " + model + " karate --protocol link-85-5-10" + scorer).code == 0);
    for (const std::string split : {"link-50", "link-85-5-10@connected"}) {
      const Finished other = pfm_program("eval " + model + " karate --protocol " + split);
      CHECK(other.code == 65);
      CHECK(other.err.find("pretrain it with --protocol " + split) != std::string::npos);
    }
  }
  TEST_CASE("a method that learned from labels is scored under its own protocol and seed alone") {
    const Temporary folder;
    const std::string model = (folder / "m.safetensors").string();
    REQUIRE(
        pfm_program("pretrain gcn-supervised karate --protocol topk-ovr@90 --quiet --set epochs=5 -o " + model).code ==
        0);
    CHECK(pfm_program("eval " + model + " karate").code == 0);
    for (const char* other : {" --protocol random-10-10-80", " --seed 1"}) {
      const Finished eval = pfm_program("eval " + model + " karate" + other);
      CHECK(eval.code == 65);
      CHECK(eval.err.find("learned from labels") != std::string::npos);
    }
  }
}
