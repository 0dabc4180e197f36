// Drives the built program as a user does.
#include <doctest/doctest.h>
#include <pfm/tests/heco_folder.h>
#include <pfm/tests/program.h>
#include <pfm/tests/temporary.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

using Json = nlohmann::ordered_json;

namespace {

const std::string quick = " --set hidden=8 --set epochs=5 ";

std::vector<std::string> keys(const Json& json) {
  std::vector<std::string> names;
  for (const auto& [name, value] : json.items()) names.push_back(name);
  return names;
}

Json run_json(const std::string& words) {
  const Finished done = pfm_program(words + " --json -");
  INFO(done.err);
  REQUIRE(done.code == 0);
  return Json::parse(done.out);
}

// The first words of the lines between `from` and the next empty line.
std::set<std::string> listed(const std::string& text, const std::string& from) {
  std::set<std::string> words;
  std::istringstream lines(text.substr(text.find(from)));
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line) && !line.empty()) words.insert(line.substr(2, line.find(' ', 2) - 2));
  return words;
}

std::vector<std::string> names_in(const std::filesystem::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) names.insert(entry.path().filename());
  return {names.begin(), names.end()};
}

std::vector<std::string> method_ids() {
  std::vector<std::string> ids;
  std::istringstream lines(pfm_program("methods").out);
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) ids.push_back(line.substr(0, line.find(' ')));
  return ids;
}

}  // namespace

TEST_SUITE("cli") {
  TEST_CASE("run prints one JSON object with its keys in order") {
    const Json json = run_json("run dgi cora --seed 3 --seeds 2" + quick);
    CHECK(keys(json) == std::vector<std::string>{"method", "data", "preset", "protocol", "seeds", "options", "scores",
                                                 "loss", "seconds", "peak_rss_mb", "threads", "version"});
    CHECK(json["seeds"] == Json{3, 4});
    CHECK(json["options"]["epochs"] == 5);
    CHECK(json["protocol"] == "public-dgi");
    CHECK(keys(json["scores"]) == std::vector<std::string>{"accuracy"});
    const Json& accuracy = json["scores"]["accuracy"];
    CHECK(keys(accuracy) == std::vector<std::string>{"trained", "controls", "gain", "published"});
    CHECK(keys(accuracy["trained"]) == std::vector<std::string>{"mean", "std", "values"});
    CHECK(accuracy["trained"]["values"].size() == 2);
    CHECK(keys(accuracy["controls"]) == std::vector<std::string>{"raw", "a1", "a2", "a3", "random"});
    CHECK(accuracy["controls"]["raw"]["mean"].get<double>() == doctest::Approx(47.9).epsilon(0.02));
    CHECK(keys(accuracy["gain"]) == std::vector<std::string>{"over", "mean", "std"});
    CHECK(accuracy["published"]["value"] == 82.3);
    const std::string over = accuracy["gain"]["over"];
    const double gain = accuracy["trained"]["mean"].get<double>() - accuracy["controls"][over]["mean"].get<double>();
    CHECK(accuracy["gain"]["mean"].get<double>() == doctest::Approx(gain));
    CHECK(keys(json["loss"]) == std::vector<std::string>{"first", "last", "steps"});
    CHECK(keys(json["seconds"]) == std::vector<std::string>{"prepare", "train", "evaluate"});
  }

  TEST_CASE("info counts Cora") {
    const Json json = run_json("info cora");
    CHECK(keys(json) == std::vector<std::string>{"graphs", "nodes", "edges", "undirected_edges", "self_loops",
                                                 "features", "feature_nonzeros", "classes", "splits", "node_types",
                                                 "edge_types", "components", "isolated", "degree", "bytes", "jobs"});
    CHECK(json["nodes"] == 2708);
    CHECK(json["edges"] == 10556);
    CHECK(json["undirected_edges"] == 5278);
    CHECK(json["feature_nonzeros"] == 49216);
    CHECK(json["components"] == 78);
    CHECK(json["splits"]["test"] == 1000);
    CHECK(json["degree"]["max"] == 168);
    CHECK(json["jobs"]["pretrain_dgi_mb"] > json["jobs"]["embed_mb"]);
  }

  TEST_CASE("wrong words get the nearest right one") {
    struct Wrong {
      std::string words, near;
      int code;
    };
    for (const Wrong& wrong : std::vector<Wrong>{{"rum dgi cora", "run", 2},
                                                 {"run dgj cora", "dgi", 2},
                                                 {"run dgi coar", "cora", 65},
                                                 {"run dgi cora --protocol public-dgj", "public-dgi", 2},
                                                 {"run dgi cora --set hiden=8", "hidden", 2},
                                                 {"run dgi cora --recrod x", "--record", 2},
                                                 {"run dgi cora --preset papr", "paper", 2},
                                                 {"methods grph", "graph", 2},
                                                 {"help public-dgj", "public-dgi", 2}}) {
      CAPTURE(wrong.words);
      const Finished done = pfm_program(wrong.words);
      CHECK(done.code == wrong.code);
      CHECK(done.err.find("did you mean \"" + wrong.near + "\"") != std::string::npos);
      CHECK(done.err.find("pfm: ") != std::string::npos);
      CHECK(done.out.empty());
    }
  }

  TEST_CASE("exit codes: one line that says what is wrong") {
    const Temporary folder;
    put(folder / "garbage.h5", "\x89HDF\r\n\x1a\n and then nothing of the kind");
    put(folder / "noise.bin", std::string("\x01\x02\xff\xfe\0\0zz", 8));
    put(folder / "empty", "");
    const std::string at = folder.path().string() + "/";
    std::vector<std::pair<std::string, int>> cases{
        {"", 2},
        {"run", 2},
        {"run dgi", 2},
        {"run dgi cora more", 2},
        {"run dgi cora --seeds 0", 2},
        {"run dgi cora --seeds x", 2},
        {"run dgi cora --seeds", 2},
        {"run dgi cora --json --quiet", 2},
        {"run dgi cora --set epochs", 2},
        {"run dgi cora --set epochs=many", 2},
        {"run dgi cora --memory much", 2},
        {"pretrain dgi cora", 2},
        {"info " + at + "missing.h5", 65},
        {"info " + at + "garbage.h5", 65},
        {"info " + at + "noise.bin", 65},
        {"info " + at + "empty", 65},
        {"info " + at, 65},
        {"report " + at + "missing", 65},
        {"eval " + at + "noise.bin cora", 65},
        {"info cora --json " + at + "none/x.json", 74},
        {"pretrain dgi cora -o " + at + "none/m.safetensors", 74},
    };
#if !defined(PFM_POISON) && !defined(PFM_STD_THREADS)  // sanitizers need memory of their own
    cases.emplace_back("run dgi cora --memory 24M" + quick, 71);
#endif
    for (const auto& entry : cases) {
      const std::string& words = entry.first;
      const int code = entry.second;
      CAPTURE(words);
      const Finished done = pfm_program(words);
      CAPTURE(done.err);
      CHECK(done.code == code);
      CHECK(done.out.empty());
      const std::string last =
          done.err.substr(done.err.rfind("pfm: ") == std::string::npos ? 0 : done.err.rfind("pfm: "));
      CHECK(std::count(last.begin(), last.end(), '\n') == 1);
      CHECK(last.starts_with("pfm: "));
    }
    CHECK(names_in(folder.path()) == std::vector<std::string>{"empty", "garbage.h5", "noise.bin"});
  }

  TEST_CASE("a full standard output is a failed writing") { CHECK(pfm_program("info cora > /dev/full").code == 74); }

  TEST_CASE("help lists what works, and each word of it is known") {
    const Finished overview = pfm_program("--help");
    CHECK(overview.code == 0);
    const std::regex verb("  pfm ([a-z]+) ");
    int verbs = 0;
    for (std::sregex_iterator it(overview.out.begin(), overview.out.end(), verb), end; it != end; ++it, ++verbs) {
      CAPTURE((*it)[1].str());
      CHECK(pfm_program("help " + (*it)[1].str()).out == pfm_program((*it)[1].str() + " --help").out);
    }
    CHECK(verbs >= 7);
    for (const char* word : {"public-dgi", "dgi"}) CHECK(pfm_program(std::string("help ") + word).code == 0);
  }

  TEST_CASE("help, JSON and refusal name the same options") {
    const Temporary folder;
    put_small_acm(folder.path());
    for (const std::string& id : method_ids()) {
      CAPTURE(id);
      const std::string help = pfm_program("help " + id).out, example = "pfm run " + id + " ";
      const std::set<std::string> helped = listed(help, "options, changed by");
      const std::size_t begin = help.find(example) + example.size();
      const std::string named = help.substr(begin, help.find(' ', begin) - begin);
      const std::string data = named == "acm.h5" ? folder.path().string() : named;
      std::string shorter;
      for (const std::string quick :
           {"epochs=2", "hidden=16", "dimensions=8", "samples=0.1", "walks=2", "stage_epochs=2", "clusters=20"})
        if (helped.contains(quick.substr(0, quick.find('=')))) shorter += " --set " + quick;
      const auto in_json =
          keys(run_json("run " + id + " " + data + shorter + (data == "cora" ? " --protocol knn" : ""))["options"]);
      CHECK(helped == std::set<std::string>(in_json.begin(), in_json.end()));
      const std::string refusal = pfm_program("run " + id + " " + data + " --set no_such_option=1").err;
      std::set<std::string> refused;
      const std::string known = refusal.substr(refusal.find("known: ") + 7);
      const std::regex word("[a-z0-9_]+");
      for (std::sregex_iterator it(known.begin(), known.end(), word), end; it != end; ++it) refused.insert(it->str());
      CHECK(helped.size() > 3);
      CHECK(helped == refused);
    }
  }

  TEST_CASE("recorded seeds are not computed again; a broken last line is") {
    const Temporary folder;
    const std::string run = "run dgi karate" + quick, record = " --record " + (folder / "records").string();
    const Json direct = run_json(run + "--seeds 2");
    REQUIRE(pfm_program(run + record).code == 0);
    const Finished second = pfm_program(run + "--seeds 2 --json -" + record);
    CHECK(second.err.find("seed 0: recorded earlier") != std::string::npos);
    CHECK(second.err.find("seed 1: recorded") == std::string::npos);
    CHECK(Json::parse(second.out)["scores"] == direct["scores"]);

    const std::filesystem::path file = *std::filesystem::directory_iterator(folder / "records");
    const std::string whole = content_of(file);
    CHECK(std::count(whole.begin(), whole.end(), '\n') == 12);  // two seeds: five controls and the trained encoder
    put(file, whole.substr(0, whole.size() - 30));
    const Finished third = pfm_program(run + "--seeds 2 --json -" + record);
    CHECK(third.err.find("broken record dropped") != std::string::npos);
    CHECK(third.err.find("seed 0: recorded earlier") != std::string::npos);
    CHECK(Json::parse(third.out)["scores"] == direct["scores"]);

    std::string changed = content_of(file);
    changed.at(changed.find("\"accuracy\":") + 11) = '9';  // the checksum notices
    put(file, changed);
    const Finished fourth = pfm_program(run + "--seeds 2 --json -" + record);
    CHECK(fourth.err.find(":1: broken record dropped") != std::string::npos);
    CHECK(Json::parse(fourth.out)["scores"] == direct["scores"]);

    const Finished report = pfm_program("report " + (folder / "records").string());
    CHECK(report.code == 0);
    CHECK(report.out.find(
              "| method | seeds | metric | trained | raw | a1 | a2 | a3 | random | gain | published | met |") !=
          std::string::npos);
    CHECK(report.out.find("pfm run dgi karate --set hidden=8") != std::string::npos);
  }

  TEST_CASE("other options are another experiment") {
    const Temporary folder;
    const std::string record = " --record " + (folder / "records").string();
    REQUIRE(pfm_program("run dgi karate" + quick + record).code == 0);
    const Finished other = pfm_program("run dgi karate --set hidden=9 --set epochs=5" + record);
    CHECK(other.err.find("recorded earlier") == std::string::npos);
  }

  TEST_CASE("one line of the log per step") {
    const Temporary folder;
    REQUIRE(pfm_program("run dgi karate --log " + (folder / "log.jsonl").string() + quick).code == 0);
    const std::string log = content_of(folder / "log.jsonl");
    CHECK(std::count(log.begin(), log.end(), '\n') == 5);
    CHECK(keys(Json::parse(log.substr(0, log.find('\n')))) ==
          std::vector<std::string>{"seed", "step", "loss", "seconds"});
  }

  TEST_CASE("from weights to rows to neighbours: the same bytes at any number of threads") {
    const Temporary folder;
    const std::string model = (folder / "m.safetensors").string();
    REQUIRE(pfm_program("pretrain dgi cora -o " + model + quick).code == 0);
    for (const char* threads : {"1", "2"})
      for (const char* ending : {".h5", ".npy", ".txt"})
        REQUIRE(pfm_program("embed " + model + " cora -o " + (folder / (threads + std::string(ending))).string() +
                            " --threads " + threads)
                    .code == 0);
    for (const char* ending : {".h5", ".npy", ".txt"}) {
      CAPTURE(ending);
      const std::string one = content_of(folder / ("1" + std::string(ending)));
      CHECK(!one.empty());
      CHECK(one == content_of(folder / ("2" + std::string(ending))));
    }
    const std::string rows = (folder / "1.h5").string();
    const Json near = run_json("nearest " + rows + " 7 --top 3");
    CHECK(near["row"] == 7);
    REQUIRE(near["nearest"].size() == 3);
    CHECK(near["nearest"][0]["cosine"].get<double>() >= near["nearest"][2]["cosine"].get<double>());
    CHECK(near["nearest"][0]["cosine"].get<double>() <= 1 + 1e-6);
    CHECK(pfm_program("nearest " + rows + " 2708").code == 2);

    const Json of_model = run_json("eval " + model + " cora"), of_rows = run_json("eval " + rows + " cora");
    const Json of_run = run_json("run dgi cora" + quick);
    CHECK(of_model["scores"]["accuracy"]["trained"] == of_run["scores"]["accuracy"]["trained"]);
    CHECK(of_model["scores"]["accuracy"]["controls"] == of_run["scores"]["accuracy"]["controls"]);
    CHECK(of_rows["scores"]["accuracy"]["trained"] == of_run["scores"]["accuracy"]["trained"]);
    CHECK(keys(of_rows["scores"]["accuracy"]["controls"]) == std::vector<std::string>{"raw", "a1", "a2", "a3"});
    CHECK(pfm_program("eval " + model + " karate").code == 65);  // other columns
  }

  TEST_CASE("convert: an edge list as HDF5, which info reads") {
    const Temporary folder;
    put(folder / "ring.txt", "0 1\n1 2\n2 3\n3 0\n");
    const std::string from = (folder / "ring.txt").string(), to = (folder / "ring.h5").string();
    CHECK(pfm_program("convert edgelist " + from + " " + to).code == 0);
    const Json json = run_json("info " + to);
    CHECK(json["nodes"] == 4);
    CHECK(json["undirected_edges"] == 4);
    CHECK(pfm_program("convert edgelits " + from + " " + to).err.find("did you mean \"edgelist\"") !=
          std::string::npos);
    CHECK(pfm_program("convert edgelist " + from + " " + (folder / "ring.txt2").string()).code == 2);
    CHECK(pfm_program("convert edgelist " + (folder / "none.txt").string() + " " + to).code == 65);
    CHECK(names_in(folder.path()) == std::vector<std::string>{"ring.h5", "ring.txt"});
  }
}
