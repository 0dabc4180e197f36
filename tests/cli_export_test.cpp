// The way out and back with the program itself.
#include <doctest/doctest.h>
#include <pfm/tests/program.h>
#include <pfm/tests/temporary.h>

#include <nlohmann/json.hpp>

TEST_SUITE("cli") {
  TEST_CASE("export writes each format, convert reads it back, and so it stays") {
    const Temporary folder;
    for (const std::string format : {"anndata", "edgelist", "graphml", "metis", "mtx", "npz"}) {
      CAPTURE(format);
      const std::string text = (folder / "karate.").string() + format, again = (folder / "again.").string() + format,
                        h5 = (folder / format).string() + ".h5";
      const Finished out = pfm_program("export " + format + " karate " + text);
      INFO(out.err);
      REQUIRE(out.code == 0);
      CHECK(out.out == "wrote " + text + "\n");
      const bool classes = format == "graphml" || format == "anndata";
      CHECK((out.err.find("classes") == std::string::npos) == classes);  // what it does not hold
      REQUIRE(pfm_program("convert " + format + " " + text + " " + h5).code == 0);
      const auto json = nlohmann::json::parse(pfm_program("info " + h5 + " --json -").out);
      CHECK(json["nodes"] == 34);
      CHECK(json["undirected_edges"] == 78);
      CHECK(json["classes"] == (classes ? 2 : 0));
      REQUIRE(pfm_program("export " + format + " " + h5 + " " + again).code == 0);
      CHECK(content_of(again) == content_of(text));
    }
  }

  TEST_CASE("export to AnnData leaves nothing of Cora out") {
    const Temporary folder;
    const Finished out = pfm_program("export anndata cora " + (folder / "cora.h5ad").string());
    CHECK(out.code == 0);
    CHECK(out.err.find("does not hold") == std::string::npos);
    CHECK(pfm_program("export npz cora " + (folder / "cora.npz").string()).err.find("features, classes, splits") !=
          std::string::npos);
    const std::string whole = pfm_program("info cora --json -").out;
    CHECK(pfm_program("info " + (folder / "cora.h5ad").string() + " --json -").out == whole);
  }

  TEST_CASE("export refuses what it cannot do") {
    const Temporary folder;
    const std::string out = (folder / "o").string();
    struct Wrong {
      std::string words, says;
      int code;
    };
    for (const Wrong& wrong :
         std::vector<Wrong>{{"export grafml karate " + out, "did you mean \"graphml\"?", 2},
                            {"export adjlist karate " + out, "unknown format to write \"adjlist\"", 2},
                            {"export metis karate " + out + " --both", "--both means nothing for this format", 2},
                            {"export mtx karat " + out, "did you mean \"karate\"?", 65},
                            {"export mtx karate " + out + ".gz", "would not be compressed", 2},
                            {"export mtx karate", "expected FORMAT DATA OUT", 2},
                            {"export mtx karate " + (folder / "no" / "o").string(), "cannot be written", 74}}) {
      CAPTURE(wrong.words);
      const Finished done = pfm_program(wrong.words);
      CHECK(done.code == wrong.code);
      CHECK(done.err.find(wrong.says) != std::string::npos);
      CHECK(done.out.empty());
      CHECK(!std::filesystem::exists(out));
    }
    CHECK(pfm_program("export --help").out.find("--both") != std::string::npos);
  }
}
