// `pfm plan`: what it says of memory is what the command then takes.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <pfm/tests/program.h>
#include <pfm/tests/temporary.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <nlohmann/json.hpp>

using Json = nlohmann::json;

namespace {

Json plan_of(const std::string& words) {
  const Finished said = pfm_program("plan " + words + " --json -");
  INFO("plan " << words << ": " << said.err);
  REQUIRE(said.code == 0);
  return Json::parse(said.out);
}

[[maybe_unused]] double peak_mb(const std::vector<std::string>& words) {
  const Temporary folder;
  const int process = start_program(words, folder / "err");
  int status = 0;
  rusage used{};
  wait4(process, &status, 0, &used);
  CHECK(status == 0);
  return double(used.ru_maxrss) * 1024 / 1e6;
}

void agrees([[maybe_unused]] const std::vector<std::string>& words) {
#if defined(PFM_POISON) || defined(PFM_STD_THREADS) || defined(PFM_DOUBLE)
  MESSAGE("skipped: memory is planned for release builds");
#else
  const double planned = plan_of(fmt::format("{}", fmt::join(words, " ")))["memory_mb"], taken = peak_mb(words);
  INFO(fmt::format("{}: planned {:.1f} MB, took {:.1f} MB", fmt::join(words, " "), planned, taken));
  CHECK(planned == doctest::Approx(taken).epsilon(0.1));
#endif
}

}  // namespace

TEST_SUITE("cli") {
  TEST_CASE("plan: memory of run, pretrain and convert within a tenth") {
    const Temporary folder;
    const std::string data = (folder / "d.h5").string(), text = (folder / "d.txt").string(),
                      output = (folder / "out").string();
    agrees({"run", "dgi", "cora", "--set", "epochs=60", "--threads", "1"});
    agrees({"pretrain", "dgi", "cora", "--set", "epochs=60", "--threads", "1", "-o", output});
    REQUIRE(pfm_program("synth rmat --scale 17 --edge-factor 16 --seed 1 -o " + data).code == 0);
    REQUIRE(pfm_program("export edgelist " + data + " " + text).code == 0);
    for (const char* direction : {"--undirected", "--directed"})
      agrees({"convert", "edgelist", text, direction, "--threads", "1", output + ".h5"});
  }

  TEST_CASE("plan: time, disk and what was measured; words without a plan") {
    const Json run = plan_of("run dgi cora --set epochs=7 --set hidden=16 --seeds 3");
    CHECK(run["steps"] == 7);
    CHECK(run["seconds"] ==
          doctest::Approx(3 * (run["seconds_beside"].get<double>() + 7 * run["seconds_a_step"].get<double>())));
    CHECK(run["basis"].get<std::string>().find("dgi on cora") != std::string::npos);
    CHECK(plan_of("pretrain dgi cora --set epochs=7 --set hidden=16 -o x.safetensors")["disk_mb"] > 0.1);
    CHECK_FALSE(std::filesystem::exists("x.safetensors"));
    struct Wrong {
      const char *words, *says;
    };
    for (const Wrong& wrong : std::vector<Wrong>{{"plan info cora", "info has no plan, known: convert, run, pretrain"},
                                                 {"plan", "expected run|pretrain|convert"},
                                                 {"plan rum dgi cora", "did you mean \"run\""},
                                                 {"plan --quiet run dgi cora", "the verb comes first"},
                                                 {"plan convert tu x.zip x.h5", "x.zip: no such file"},
                                                 {"plan run dgi cora --sedes 3", "did you mean \"--seed\""}}) {
      INFO(std::string(wrong.words));
      const Finished refused = pfm_program(wrong.words);
      CHECK(refused.code != 0);
      CHECK(refused.err.find(wrong.says) != std::string::npos);
    }
  }
}
