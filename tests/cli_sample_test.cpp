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

  TEST_CASE("sample: every sampler, the same edges at one and two threads") {
    struct Case {
      std::string words;
      int batches;
    };
    for (const Case& c : std::vector<Case>{{"ego --batch 500", 6},
                                           {"ego --hops 1 --nodes 8 --batch 500", 6},
                                           {"rwr --length 40 --batch 500", 6},
                                           {"rwr --nodes 5 --restart 0.5 --batch 500", 6},
                                           {"ppr --nodes 7 --batch 1000", 3},
                                           {"shadow --fanouts 5,5 --batch 500", 6},
                                           {"cluster --parts 20 --batch 3", 7},
                                           {"saint-node --batch 500", 6},
                                           {"saint-edge --batch 500", 6},
                                           {"saint-walk --batch 500 --length 4", 6}}) {
      std::vector<nlohmann::ordered_json> sampled;
      for (const char* threads : {" --threads 1", " --threads 2"}) {
        const Finished done = pfm_program("sample cora --sampler " + c.words + " --json -" + threads);
        INFO(c.words << ": " << done.err);
        REQUIRE(done.code == 0);
        sampled.push_back(nlohmann::ordered_json::parse(done.out));
      }
      INFO(c.words);
      CHECK(sampled[0]["batches"] == c.batches);
      CHECK(sampled[0]["edges"] == sampled[1]["edges"]);
      CHECK(sampled[0]["edges"] > 1000);
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
                                           {"--sampler egonet", "did you mean \"ego\"", 2},
                                           {"--sampler ego --fanouts 3", "--fanouts means nothing for ego", 2},
                                           {"--sampler ego --hops -1", "--hops: expected", 2},
                                           {"--sampler rwr --restart 1", "restart in [0, 1), not 1", 2},
                                           {"--sampler rwr --length 0", "at least 1", 2},
                                           {"--sampler ppr --nodes 0", "at least 1", 2},
                                           {"--sampler ppr --restart 0", "alpha in (0, 1], not 0", 2},
                                           {"--sampler shadow", "--fanouts is needed", 2},
                                           {"--sampler shadow --fanouts 0", "at least 1, got 0", 2},
                                           {"--sampler cluster", "--parts is needed", 2},
                                           {"--sampler cluster --parts 35", "at most 34, got \"35\"", 2},
                                           {"--sampler cluster --parts 0", "at least 1", 2},
                                           {"--sampler saint-edge --batch 0", "at least 1", 2},
                                           {"--fanouts 3 --labor --by-weight", "does not look at weights", 2}}) {
      const Finished refused = pfm_program("sample karate " + c.words);
      INFO(c.words << ": " << refused.err);
      CHECK(refused.code == c.code);
      CHECK(refused.err.find(c.says) != std::string::npos);
    }
  }
}
