// `pfm synth` and `pfm validate` as a user runs them.
#include <doctest/doctest.h>
#include <pfm/io/dataset.h>
#include <pfm/tests/program.h>
#include <pfm/tests/temporary.h>

using namespace pfm;

TEST_SUITE("cli") {
  TEST_CASE("synth: every kind makes a valid file, the same at one and two threads") {
    const Temporary folder;
    const std::string one = (folder / "one.h5").string(), two = (folder / "two.h5").string();
    for (const char* kind :
         {"rmat --scale 8 --edge-factor 4 --seed 3", "block-model --nodes 90 --blocks 4 --within 0.3 --between 0.01",
          "erdos-renyi --nodes 50 --edges 100", "erdos-renyi --nodes 50 --probability 0.1",
          "barabasi-albert --nodes 100 --degree 3", "watts-strogatz --nodes 50 --degree 4 --rewire 0.1",
          "grid --height 4 --width 5", "grid --height 4 --width 5 --torus", "ring --nodes 7",
          "tree --branching 2 --depth 4", "random-tree --nodes 40"})
      for (const char* directed : {"", " --directed"}) {
        INFO("synth " << kind << directed);
        const std::string words = std::string("synth ") + kind + directed;
        const Finished made = pfm_program(words + " --threads 1 -o " + one);
        REQUIRE(made.code == 0);
        CHECK(made.err.empty());
        REQUIRE(pfm_program(words + " --threads 2 -o " + two).code == 0);
        CHECK(content_of(one) == content_of(two));
        const Finished checked = pfm_program("validate " + one);
        CHECK(checked.code == 0);
        CHECK(checked.out.find("is valid") != std::string::npos);
        CHECK(io::read_dataset(one).all.graph.undirected() == (*directed == 0));
      }
  }

  TEST_CASE("synth: counts, communities as classes, seeds") {
    const Temporary folder;
    const std::string path = (folder / "d.h5").string();
    REQUIRE(pfm_program("synth block-model --nodes 10 --blocks 3 --within 1 --between 0 -o " + path).code == 0);
    const Dataset blocks = io::read_dataset(path);
    CHECK(blocks.targets.classes == std::vector<std::int32_t>{0, 0, 0, 0, 1, 1, 1, 2, 2, 2});
    CHECK(blocks.all.graph.edges() == 4 * 3 + 2 * 3 * 2);
    CHECK(blocks.task == Task::node);
    REQUIRE(pfm_program("synth erdos-renyi --nodes 50 --edges 100 -o " + path).code == 0);
    const std::string first = content_of(path);
    CHECK(io::read_dataset(path).all.graph.edges() == 200);
    REQUIRE(pfm_program("synth erdos-renyi --nodes 50 --edges 100 --seed 0 -o " + path).code == 0);
    CHECK(content_of(path) == first);
    REQUIRE(pfm_program("synth erdos-renyi --nodes 50 --edges 100 --seed 1 -o " + path).code == 0);
    CHECK(content_of(path) != first);
  }

  TEST_CASE("synth: wrong words are refused with what would be right") {
    const Temporary folder;
    const std::string output = " -o " + (folder / "d.h5").string();
    struct Case {
      const char* words;
      const char* says;
    };
    for (const Case& c : std::vector<Case>{
             {"rmta --scale 3", "did you mean \"rmat\""},
             {"rmat", "--scale is needed"},
             {"rmat --scale 31", "at most 30"},
             {"rmat --scale 3 --nodes 8", "--nodes means nothing for this kind; it has --scale, --edge-factor, --seed"},
             {"ring --nodes 8 --seed 1", "--seed means nothing"},
             {"erdos-renyi --nodes 8", "one of --edges and --probability"},
             {"erdos-renyi --nodes 8 --edges 1 --probability 0.5", "one of --edges and --probability"},
             {"erdos-renyi --nodes 8 --edges 29", "at most 28"},
             {"block-model --nodes 8 --blocks 9 --within 1 --between 0", "at most 8"},
             {"block-model --nodes 8 --blocks 2 --within nan --between 0", "from 0 to 1"},
             {"watts-strogatz --nodes 8 --degree 3 --rewire 0", "even"},
             {"tree --branching 2 --depth 40", "32-bit"},
             {"grid --height 100000 --width 100000", "at most"},
         }) {
      INFO(c.words);
      const Finished refused = pfm_program(std::string("synth ") + c.words + output);
      CHECK(refused.code == 2);
      CHECK_MESSAGE(refused.err.find(c.says) != std::string::npos, refused.err);
    }
    CHECK(pfm_program("synth ring --nodes 3").code == 2);
    CHECK(pfm_program("synth ring --nodes 3 -o " + (folder / "d.txt").string()).code == 2);
    CHECK(pfm_program("synth ring --nodes 3 -o " + (folder / "no/d.h5").string()).code == 74);
    CHECK(!std::filesystem::exists(folder / "d.h5"));
    CHECK(pfm_program("synth --help").out.find("watts-strogatz   a ring of") != std::string::npos);
  }

  TEST_CASE("validate: exit codes") {
    const Temporary folder;
    CHECK(pfm_program("validate " + (folder / "none.h5").string()).code == 65);
    put(folder / "d.h5", "text");
    CHECK(pfm_program("validate " + (folder / "d.h5").string()).code == 65);
    CHECK(pfm_program("validate").code == 2);
    REQUIRE(pfm_program("synth ring --nodes 300 -o " + (folder / "d.h5").string()).code == 0);
    std::string bytes = content_of(folder / "d.h5");
    const std::size_t at = bytes.rfind(std::string("\x2b\x01\0\0", 4));  // node 299, in the indices
    REQUIRE(at != std::string::npos);
    bytes[at] = '\x2a';
    put(folder / "d.h5", bytes);
    const Finished damaged = pfm_program("validate " + (folder / "d.h5").string());
    CHECK(damaged.code == 65);
    CHECK_MESSAGE(damaged.err.find("/edges/node/edge/node/indices: its checksum differs") != std::string::npos,
                  damaged.err);
  }
}
