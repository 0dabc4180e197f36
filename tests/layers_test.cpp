// Each folder includes itself and strictly lower ones: kernels < graph < {io, sampling, nn} < encoders < selfsup <
// {nlp, vision, speech} < multimodal < cli.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <string>

TEST_SUITE("layers") {
  TEST_CASE("includes point down") {
    const std::map<std::string, int> height{{"kernels", 0}, {"graph", 1},    {"io", 2},         {"sampling", 2},
                                            {"nn", 2},      {"encoders", 3}, {"selfsup", 4},    {"nlp", 5},
                                            {"vision", 5},  {"speech", 5},   {"multimodal", 6}, {"cli", 7}};
    const std::regex include("#include <pfm/([a-z]+)/");
    int files = 0;
    for (const auto& [folder, level] : height) {
      const std::filesystem::path root = std::filesystem::path(PFM_SOURCE_DIR) / folder;
      if (!std::filesystem::exists(root)) continue;
      for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
        if (entry.path().extension() != ".h" && entry.path().extension() != ".cpp") continue;
        ++files;
        std::ifstream in(entry.path());
        std::string line;
        for (int number = 1; std::getline(in, line); ++number) {
          std::smatch match;
          if (!std::regex_search(line, match, include)) continue;
          const std::string to = match[1];
          INFO(entry.path().string() << ":" << number << " includes " << to);
          CHECK_MESSAGE((to == folder || (height.contains(to) && height.at(to) < level)),
                        "a folder sees itself and lower ones");
        }
      }
    }
    CHECK(files > 20);
  }
}
