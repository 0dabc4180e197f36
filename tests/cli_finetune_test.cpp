// Pretrained encoders trained further on labels, as a user does it.
#include <doctest/doctest.h>
#include <pfm/tests/program.h>
#include <pfm/tests/temporary.h>

#include <nlohmann/json.hpp>

using Json = nlohmann::ordered_json;

namespace {

Json json_of(const std::string& words) {
  const Finished done = pfm_program(words + " --quiet --json -");
  INFO(words, "\n", done.err);
  REQUIRE(done.code == 0);
  return Json::parse(done.out);
}

std::string pretrained(const Temporary& folder, const std::string& name, const std::string& words) {
  const std::string model = (folder / name).string();
  const Finished done = pfm_program("pretrain " + words + " --quiet -o " + model);
  INFO(words, "\n", done.err);
  REQUIRE(done.code == 0);
  return model;
}

const std::string small = " --set hidden=8 --set epochs=5";

}  // namespace

TEST_SUITE("cli") {
  TEST_CASE("finetune: the pretrained encoder beside scratch, the same bits at any number of threads") {
    const Temporary folder;
    const std::string model = pretrained(folder, "m.safetensors", "dgi cora --seed 4" + small);
    const std::string words = "finetune " + model + " cora --seeds 2 --set epochs=4";
    const Json one = json_of(words + " --threads 1"), two = json_of(words + " --threads 2");
    CHECK(one["scores"] == two["scores"]);
    CHECK(one["method"] == "dgi");
    CHECK(one["protocol"] == "public-dgi");
    CHECK(one["pretrained"]["seed"] == 4);
    CHECK(one["seeds"] == Json{4, 5});
    CHECK(one["options"]["epochs"] == 4);
    CHECK(one["loss"]["steps"] == 4);
    const Json& accuracy = one["scores"]["accuracy"];
    REQUIRE(accuracy["controls"].size() == 2);
    CHECK(accuracy["controls"]["majority"]["values"][0] == accuracy["controls"]["majority"]["values"][1]);
    CHECK(accuracy["controls"]["scratch"]["values"].size() == 2);
    CHECK(accuracy["controls"]["scratch"]["values"] != accuracy["trained"]["values"]);
    CHECK(accuracy["gain"]["over"] == "scratch");
    CHECK(json_of("finetune " + model + " cora --set epochs=4 --protocol knn")["protocol"] == "knn");
  }

  // Both starts share everything but the weights, so that what they differ by is pretraining.
  TEST_CASE("finetune: few labels in every fold") {
    const Temporary folder;
    const std::string model = pretrained(folder, "m.safetensors", "infograph mutag --set hidden=8 --set epochs=1");
    const std::string words = "finetune " + model + " mutag --set epochs=2 --set labels=";
    CHECK(json_of(words + "all")["scores"] != json_of(words + "1/class")["scores"]);
  }

  TEST_CASE("finetune: from weights that nothing trained, exactly what scratch gives") {
    struct Case {
      std::string method, metric;
    };
    for (const Case& c : std::vector<Case>{{"dgi cora", "accuracy"},
                                           {"dgi cora --protocol inductive-l2", "accuracy"},
                                           {"gae cora --protocol link-85-5-10", "auc"},
                                           {"gae karate --protocol link-50", "auc"},
                                           {"dgi karate --protocol lr10", "accuracy"},
                                           {"infograph mutag", "accuracy"}}) {
      CAPTURE(c.method);
      const Temporary folder;
      const std::string data = c.method.substr(c.method.find(' ') + 1), on = data.substr(0, data.find(' '));
      const auto found = [&](const char* epochs) {
        const std::string model =
            pretrained(folder, std::string("m") + epochs, c.method + " --set hidden=8 --seed 3 --set epochs=" + epochs);
        return json_of("finetune " + model + " " + on + " --set epochs=3 --set lr=0.01")["scores"];
      };
      const Json untrained = found("0"), trained = found("20");
      for (const auto& [metric, score] : untrained.items())
        CHECK(score["trained"]["values"] == score["controls"]["scratch"]["values"]);
      CHECK(untrained[c.metric]["controls"] == trained[c.metric]["controls"]);
      CHECK(untrained != trained);
    }
  }

  TEST_CASE("finetune: what labels cannot train, and what would leak, is refused with a way out") {
    const Temporary folder;
    const std::string dgi = pretrained(folder, "dgi", "dgi karate" + small),
                      table = pretrained(folder, "walks", "deepwalk karate --set walks=1 --set dimensions=4"),
                      labels = pretrained(folder, "labels", "gcn-supervised karate" + small);
    struct Case {
      std::string words, says;
      int code;
    };
    for (const Case& c : std::vector<Case>{{dgi + " karate --protocol link-85-5-10", "--protocol link-85-5-10", 65},
                                           {dgi + " karate --protocol kmeans", "--protocol public-dgi", 2},
                                           {dgi + " cora", "was it trained on other data?", 65},
                                           {dgi + " karate --set epohcs=3", "did you mean \"epochs\"", 2},
                                           {dgi + " karate --set head_dropout=1", "below 1", 2},
                                           {table + " karate", "use pfm eval", 2},
                                           {labels + " karate", "use pfm run", 2}}) {
      CAPTURE(c.words);
      const Finished done = pfm_program("finetune " + c.words);
      CHECK(done.code == c.code);
      CHECK(done.err.find(c.says) != std::string::npos);
      CHECK(done.out.empty());
    }
    const std::string nodes = pretrained(folder, "nodes", "dgi mutag" + small);
    const Finished done = pfm_program("finetune " + nodes + " mutag");
    CHECK(done.code == 2);
    CHECK(done.err.find("infograph") != std::string::npos);
  }

  TEST_CASE("finetune: recorded seeds are found again, another checkpoint is another experiment") {
    const Temporary folder;
    const std::string one = pretrained(folder, "one", "dgi karate" + small),
                      two = pretrained(folder, "two", "dgi karate --seed 1" + small);
    const std::string rest = " karate --seed 0 --set epochs=3 --record " + (folder / "records").string();
    const auto known = [&](const std::string& model) {
      const Finished done = pfm_program("finetune " + model + rest);
      REQUIRE(done.code == 0);
      return done.err.find("seed 0: recorded earlier") != std::string::npos;
    };
    CHECK(!known(one));
    CHECK(known(one));
    CHECK(!known(two));
    const Finished report = pfm_program("report " + (folder / "records").string());
    CHECK(report.out.find("| dgi, finetuned (2) | 1 |") != std::string::npos);
    CHECK(report.out.find(", random-10-10-80, seed 1 (epochs=3); seeds 0;") != std::string::npos);
  }
}
