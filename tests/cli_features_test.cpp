// Rows of an embedding as the features of a graph's nodes.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <pfm/io/embedding.h>
#include <pfm/tests/matrices.h>
#include <pfm/tests/program.h>
#include <pfm/tests/temporary.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

using namespace pfm;

namespace {

struct FeatureFiles {
  FeatureFiles() { put(folder / "graph.txt", "ann bob\nbob cid\ncid dan\ndan ann\n"); }
  std::string at(const char* name) const { return (folder / name).string(); }
  void rows(const char* name, Offset count, const std::vector<std::string>& names = {}) const {
    io::write_embedding(folder / name, random_matrix(count, 3, 7), names);
  }
  Finished info(const std::string& data, const char* name) const {
    return pfm_program(fmt::format("info {} --features {} --json -", data, at(name)));
  }
  void refused(const std::string& data, const char* name, const char* says) const {
    const Finished run = info(data, name);
    CHECK(run.code == 65);
    CHECK_MESSAGE(run.err.find(says) != std::string::npos, run.err);
  }
  Temporary folder;
};

}  // namespace

TEST_SUITE("cli") {
  TEST_CASE("features: rows in order where one side has no names, else by name") {
    const FeatureFiles f;
    f.rows("34.npy", 34), f.rows("4.npy", 4), f.rows("5.npy", 5);
    const Finished run = f.info("karate", "34.npy");
    REQUIRE_MESSAGE(run.code == 0, run.err);
    CHECK(nlohmann::json::parse(run.out)["features"] == 3);
    CHECK(run.err.find("features of karate: 3 columns of") != std::string::npos);
    CHECK(f.info(f.at("graph.txt"), "4.npy").code == 0);
    f.refused("karate", "4.npy", "has 4 rows, expected one for each of 34 nodes of karate");
    f.refused("karate", "none.npy", "none.npy");
    f.rows("names.h5", 5, {"dan", "eve", "cid", "ann", "bob"});
    f.rows("short.h5", 3, {"dan", "cid", "ann"});
    f.rows("twice.h5", 5, {"dan", "eve", "dan", "ann", "bob"});
    f.refused(f.at("graph.txt"), "short.h5", "has no row for 'bob', a node of graph");
    f.refused(f.at("graph.txt"), "twice.h5", "has two rows called 'dan'");
    // What is embedded untrained depends on a node's own rows, whatever their order in the file.
    const auto embedded = [&](const char* rows) {
      const std::string words = "--set hidden=4 --set epochs=1 --features " + f.at(rows);
      const Finished trained =
          pfm_program(fmt::format("pretrain dgi {} {} -o {}", f.at("graph.txt"), words, f.at("m.pfm")));
      REQUIRE_MESSAGE(trained.code == 0, trained.err);
      const Finished made = pfm_program(
          fmt::format("embed {} {} --features {} -o {}", f.at("m.pfm"), f.at("graph.txt"), f.at(rows), f.at("e.npy")));
      REQUIRE_MESSAGE(made.code == 0, made.err);
      return content_of(f.folder / "e.npy");
    };
    const io::Embedding named = io::read_embedding(f.folder / "names.h5");
    Matrix sorted(4, 3);
    for (const auto& [to, from] : std::array<std::array<Offset, 2>, 4>{{{0, 3}, {1, 4}, {2, 2}, {3, 0}}})
      std::ranges::copy(named.rows.row(from), sorted.row(to).begin());
    io::write_embedding(f.folder / "sorted.npy", sorted);
    CHECK(embedded("names.h5") == embedded("sorted.npy"));
    CHECK(pfm_program(fmt::format("eval {} {} --features {}", f.at("m.pfm"), "karate", f.at("4.npy"))).code == 65);
  }
}
