// Recorded runs as tables: when a published figure is met, and what the catalogue says of it.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <pfm/io/checksum.h>
#include <pfm/tests/program.h>
#include <pfm/tests/temporary.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

using Json = nlohmann::ordered_json;

namespace {

std::string checksum_of(const std::string& text) { return pfm::io::checksum(std::as_bytes(std::span(text))); }

// The records of two quick seeds of dgi on cora (published: 82.3 +- 0.6) as if these had been their scores.
struct Told {
  std::vector<double> trained, best_control;
  Json options = Json::object();  // in place of those of the quick run
};

void tell(const std::filesystem::path& from, const std::filesystem::path& to, const Told& told) {
  std::istringstream lines(content_of(from));
  std::string line, all;
  while (std::getline(lines, line)) {
    Json record = Json::parse(line)["record"];
    const auto seed = record["seed"].get<std::size_t>();
    for (const auto& [name, value] : told.options.items()) record["experiment"]["options"][name] = value;
    record["scores"]["accuracy"] = record["part"] == "trained" ? told.trained[seed]
                                   : record["part"] == "a2"    ? told.best_control[seed]
                                                               : 10;
    const std::string body = record.dump();
    all += fmt::format("{{\"xxh3\":\"{}\",\"record\":{}}}\n", checksum_of(body), body);
  }
  std::filesystem::create_directories(to.parent_path());
  put(to, all);
}

std::string content_without_first_line(const std::filesystem::path& path) {
  const std::string text = content_of(path);
  return text.substr(text.find('\n') + 1);
}

}  // namespace

TEST_SUITE("cli") {
  TEST_CASE("a published figure is met in its band or above, and above the best control") {
    const Temporary folder;
    const std::string quick = "run dgi cora --seeds 2 --set hidden=8 --set epochs=5 --record ";
    REQUIRE(pfm_program(quick + (folder / "quick").string()).code == 0);
    const std::filesystem::path quick_file = *std::filesystem::directory_iterator(folder / "quick");
    CHECK(content_of(quick_file).find(R"("command":"pfm run dgi cora )") != std::string::npos);  // not where it stands
    const Json papers{{"hidden", 512}, {"epochs", 10000}};
    struct Case {
      Told told;
      std::string verdict;
    };
    for (const Case& c : std::vector<Case>{{{{82.0, 81.6}, {78, 78}, papers}, "met"},  // mean 81.8
                                           {{{84.0, 84.2}, {78, 78}, papers}, "met"},
                                           {{{81.5, 81.7}, {78, 78}, papers}, "short"},         // mean 81.6
                                           {{{83.0, 85.0}, {78, 78}, papers}, "not above a2"},  // t of one degree
                                           {{{82.0, 83.0}, {82.5, 81.5}, papers}, "not above a2"},
                                           {{{82.0, 81.0}, {82.5, 81.5}, papers}, "short, not above a2"},
                                           {{{82.0, 81.6}, {78, 78}, {}}, "other options"}}) {
      CAPTURE(c.verdict);
      const Temporary here;
      tell(quick_file, here / "records" / quick_file.filename().string(), c.told);
      const std::string records = (here / "records").string(), table = (here / "checked.tsv").string();
      const Finished report = pfm_program("report " + records);
      REQUIRE(report.code == 0);
      CHECK(report.out.find("## cora, public-dgi\n") != std::string::npos);
      CHECK(report.out.find("| dgi | 2 | accuracy | **") != std::string::npos);
      CHECK(report.out.find(" | 82.30 \u00b1 0.60 | " + c.verdict + " |") != std::string::npos);
      CHECK(report.out.find("run dgi cora --seeds 2 --set hidden=8") != std::string::npos);
      REQUIRE(pfm_program("report " + records + " -o " + table).code == 0);
      const std::string rows = content_without_first_line(table), row = rows.substr(rows.find('\n') + 1);
      if (c.verdict == "other options")
        CHECK(row.empty());
      else
        CHECK(row == fmt::format("dgi\tcora\tpublic-dgi\taccuracy\t2\t{:.2f}\t{:.2f}\t82.3\t0.6\tDGI, table 2\t{}\n",
                                 (c.told.trained[0] + c.told.trained[1]) / 2,
                                 std::abs(c.told.trained[0] - c.told.trained[1]) / std::sqrt(2.0), c.verdict));
      CHECK(content_of(table).starts_with(
          "# pfm report wrote this from records; xxh3 of the rest: " + checksum_of(rows) + "\n"));
    }
  }

  TEST_CASE("what the catalogue was checked against is the table that pfm report wrote") {
    const std::filesystem::path table = PFM_SOURCE_DIR "/data/checked.tsv";
    const std::string text = content_of(table), rows = content_without_first_line(table);
    CHECK(text.starts_with("# pfm report wrote this from records; xxh3 of the rest: " + checksum_of(rows) + "\n"));
    const std::string catalogue = pfm_program("methods").out;
    std::istringstream lines(rows);
    std::string line;
    std::getline(lines, line);
    while (std::getline(lines, line)) {
      CAPTURE(line);
      std::vector<std::string> cells;
      std::istringstream row(line);
      for (std::string cell; std::getline(row, cell, '\t');) cells.push_back(cell);
      REQUIRE(cells.size() == 11);
      const std::size_t at = catalogue.find("\n" + cells[0] + " ");
      REQUIRE(at != std::string::npos);
      const std::string said = catalogue.substr(at + 1, catalogue.find('\n', at + 1) - at - 1);
      CHECK(said.find(cells[1] + " " + cells[2]) != std::string::npos);
      CHECK(said.find(cells[10]) != std::string::npos);
      CHECK(pfm_program("help " + cells[0]).out.find(cells[9]) != std::string::npos);  // the source
    }
  }
}
