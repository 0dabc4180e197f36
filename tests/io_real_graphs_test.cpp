// Real graphs in text formats against the counts that their collection states.
#include <doctest/doctest.h>
#include <fmt/core.h>
#include <pfm/io/formats.h>

#include <algorithm>
#include <cstdlib>

#include "same_dataset.h"

using namespace pfm;

namespace {

struct Row {
  const char *format, *file, *labels;
  NodeId nodes;
  Offset undirected_edges, self_loops;
  std::size_t classes;  // classes or labels
  Offset assignments;   // labels of all nodes together
};

constexpr Row rows[] = {
    {"adjlist", "node_embedding/bc_adjlist.txt", "node_embedding/bc_labels.txt", 10312, 333983, 0, 39, 14476},
    {"adjlist", "node_embedding/bc_adjlist.txt", "node_embedding/blogcatalog.cmty", 10312, 333983, 0, 39, 14476},
    {"edgelist", "node_embedding/PPI.ungraph", "node_embedding/PPI.cmty", 3890, 37845, 894, 50, 6640},
    {"edgelist", "node_embedding/wikipedia.ungraph", "node_embedding/wikipedia.cmty", 4777, 92295, 222, 40, 6770},
    {"edgelist", "airports_struc2vec/europe-airports.edgelist", "airports_struc2vec/labels-europe-airports.txt", 399,
     5993, 2, 4, 399},
    {"edgelist", "airports_struc2vec/usa-airports.edgelist", "airports_struc2vec/labels-usa-airports.txt", 1190, 13599,
     0, 4, 1190},
    {"edgelist", "airports_struc2vec/barbell.edgelist", "", 30, 101, 0, 0, 0},
    {"edgelist", "airports_struc2vec/karate-mirrored.edgelist", "", 68, 155, 0, 0, 0},
    {"edgelist", "airports_struc2vec/facebook348.edgelist", "", 224, 3192, 0, 0, 0},
    {"adjlist", "small_graphs/karate.adjlist", "small_graphs/karate_labels.txt", 34, 78, 0, 2, 34},
    {"metis", "small_graphs/lesmis.graph", "", 77, 254, 0, 0, 0},
    {"metis", "small_graphs/polblogs.graph", "", 1490, 16715, 0, 0, 0},
    {"metis", "small_graphs/jazz.graph", "", 198, 2742, 0, 0, 0},
    {"metis", "small_graphs/power.graph", "", 4941, 6594, 0, 0, 0},
    {"edgelist", "small_graphs/facebook_combined.txt", "", 4039, 88234, 0, 0, 0},
};

Offset assignments(const Targets& targets) {
  return targets.label_sets.nonzeros() + std::ranges::count_if(targets.classes, [](auto c) { return c >= 0; });
}

}  // namespace

TEST_SUITE("slow-io") {
  TEST_CASE("real text graphs have their stated counts") {
    if (!std::getenv("PFM_SLOW") || !std::getenv("PFM_DATA")) {
      fmt::print("slow: skipped, PFM_SLOW and PFM_DATA (the data root) are not both set\n");
      return;
    }
    const std::filesystem::path root = std::getenv("PFM_DATA");
    std::map<std::string, Dataset> read;
    for (const Row& row : rows) {
      INFO(row.file << " " << row.labels);
      const io::Format* format = io::recognised(root / row.file);
      REQUIRE(format != nullptr);
      CHECK(std::string(format->id) == row.format);
      io::ReadRules rules;
      if (*row.labels != '\0') rules.labels = root / row.labels;
      const Dataset data = format->read(std::vector{root / row.file}, rules);
      CHECK(data.nodes() == row.nodes);
      CHECK(Offset(data.all.graph.pairs().size()) == row.undirected_edges);
      CHECK(data.all.graph.self_loops() == row.self_loops);
      CHECK(data.all.graph.undirected());
      CHECK(data.targets.class_names.size() == row.classes);
      CHECK(assignments(data.targets) == row.assignments);
      read[row.labels] = data;
    }
    // Two files with the same labels.
    CHECK(same(read["node_embedding/bc_labels.txt"].targets.label_sets,
               read["node_embedding/blogcatalog.cmty"].targets.label_sets));
  }
}
