// `pfm sample` as a user runs it.
#include <doctest/doctest.h>
#include <pfm/tests/program.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

TEST_SUITE("cli") {
  TEST_CASE("sample: counts as JSON, the same edges at one and two threads") {
    auto sampled = [](const std::string& words) {
      const Finished done = pfm_program("sample " + words + " --json -");
      INFO(words << ": " << done.err);
      REQUIRE(done.code == 0);
      return nlohmann::ordered_json::parse(done.out);
    };
    const auto json = sampled("karate --fanouts 15,10,5 --batch 10");
    std::vector<std::string> keys;
    for (const auto& item : json.items()) keys.push_back(item.key());
    CHECK(keys == std::vector<std::string>{"batches", "edges", "seconds", "edges_per_second"});
    CHECK(json["batches"] == 4);
    // One batch of all nodes and one hop: min(3, degree) edges each.
    CHECK(sampled("karate --fanouts 3")["edges"] == 89);
    CHECK(sampled("karate --fanouts 3 --batches 5")["edges"] == 445);
    CHECK(sampled("karate --fanouts 3 --replace")["edges"] == 102);
    for (const char* kind : {"", " --replace", " --labor"}) {
      const std::string words = std::string("cora --fanouts 5,4,3 --batch 100 --seed 3") + kind;
      const auto one = sampled(words + " --threads 1"), two = sampled(words + " --threads 2");
      CHECK(one["edges"] == two["edges"]);
      CHECK(one["batches"] == 28);
    }
  }

  TEST_CASE("sample: wrong words are refused") {
    struct Case {
      std::string words, says;
      int code;
    };
    for (const Case& c : std::vector<Case>{{"", "--fanouts is needed", 2},
                                           {"--fanouts 3,0", "at least 1, got 0", 2},
                                           {"--fanouts 3,", "such as 15,10,5", 2},
                                           {"--fanouts 3,x", "such as 15,10,5", 2},
                                           {"--fanouts cites=3", "unknown kind of edges \"cites\"", 2},
                                           {"--fanouts 3 --batch 0", "at least 1", 2},
                                           {"--fanouts 3 --batches 0", "at least 1", 2},
                                           {"--fanouts 3 --labor --replace", "leave one of the two out", 2},
                                           {"--fanouts 3 --labor --by-weight", "does not look at weights", 2}}) {
      const Finished refused = pfm_program("sample karate " + c.words);
      INFO(c.words << ": " << refused.err);
      CHECK(refused.code == c.code);
      CHECK(refused.err.find(c.says) != std::string::npos);
    }
  }
}
