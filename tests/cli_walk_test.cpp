// `pfm walk` as a user runs it.
#include <doctest/doctest.h>
#include <pfm/io/dataset.h>
#include <pfm/tests/program.h>
#include <pfm/tests/temporary.h>

#include <algorithm>
#include <nlohmann/json.hpp>

using namespace pfm;

TEST_SUITE("cli") {
  TEST_CASE("walk: a line a walk, ids as in the source file, the same at one and two threads") {
    const Temporary folder;
    const std::string edges = (folder / "g.txt").string(), one = (folder / "1.txt").string(),
                      two = (folder / "2.txt").string();
    put(edges, "ann bob\nbob cid\ncid ann\ndan ann\n");
    for (const char* rules :
         {"", " --p .25 --q=4", " --restart .3 --from ann,dan", " --no-backtrack --from stationary"}) {
      const std::string words = "walk " + edges + " --length 5 --walks 3 --seed 2 --quiet" + rules;
      INFO(words);
      REQUIRE(pfm_program(words + " --threads 1 -o " + one).code == 0);
      REQUIRE(pfm_program(words + " --threads 2 -o " + two).code == 0);
      const std::string text = content_of(one);
      CHECK(text == content_of(two));
      CHECK(std::ranges::count(text, '\n') == (std::string(rules).find("ann,dan") != std::string::npos ? 6 : 12));
      CHECK(text.find_first_not_of("abcdnio \n") == std::string::npos);
    }
  }

  TEST_CASE("walk: counts as JSON, HDF5 that carries its command") {
    const Temporary folder;
    const Finished counted = pfm_program("walk karate --json -");
    REQUIRE(counted.code == 0);
    const auto json = nlohmann::ordered_json::parse(counted.out);
    std::vector<std::string> keys;
    for (const auto& item : json.items()) keys.push_back(item.key());
    CHECK(keys == std::vector<std::string>{"walks", "steps", "seconds", "steps_per_second"});
    CHECK(json["walks"] == 340);
    CHECK(json["steps"] == 340 * 80);
    const std::string path = (folder / "w.h5").string(), again = (folder / "again.h5").string();
    REQUIRE(pfm_program("walk karate --q .5 -o " + path).code == 0);
    REQUIRE(pfm_program("walk karate --q .5 --threads 1 -o " + again).code == 0);
    CHECK(content_of(path) == content_of(again));
    CHECK(content_of(path).find("--q .5") != std::string::npos);
  }

  TEST_CASE("walk: wrong words are refused") {
    const Temporary folder;
    struct Case {
      std::string words, says;
      int code;
    };
    for (const Case& c : std::vector<Case>{{"--p 0", "p above 0, not 0", 2},
                                           {"--q nan", "q above 0", 2},
                                           {"--length 0", "at least 1", 2},
                                           {"--restart 1", "[0, 1)", 2},
                                           {"--from nobody", "a row from 0 to 33", 2},
                                           {"--metapath a,b,a", "one kind of nodes", 65},
                                           {"-o " + (folder / "w.csv").string(), ".h5 or .txt", 2},
                                           {"-o " + (folder / "no" / "w.txt").string(), "folder that exists", 74}}) {
      const Finished refused = pfm_program("walk karate " + c.words);
      INFO(c.words << ": " << refused.err);
      CHECK(refused.code == c.code);
      CHECK(refused.err.find(c.says) != std::string::npos);
    }
  }
}
