// Real data with several kinds of nodes and edges, and molecules: what the readers count is what is known of them.
#include <pfm/graph/relations.h>
#include <pfm/io/debian.h>
#include <pfm/io/formats.h>
#include <pfm/io/molecule.h>

#include <cstdlib>

#include "same_dataset.h"

using namespace pfm;

namespace {

using Counts = std::vector<std::int64_t>;

Dataset load(const char* format, const std::filesystem::path& path) {
  const io::Format* found = io::recognised(path);
  REQUIRE(found != nullptr);
  CHECK(found->id == std::string(format));
  return found->read(std::vector{path}, {});
}

Counts nodes_of(const Types& types) {
  Counts counts;
  for (std::size_t t = 0; t < types.nodes.size(); ++t) counts.push_back(types.node_ptr[t + 1] - types.node_ptr[t]);
  return counts;
}

Counts widths_of(const Types& types) {
  Counts counts;
  for (std::size_t t = 1; t < types.column_ptr.size(); ++t)
    counts.push_back(types.column_ptr[t] - types.column_ptr[t - 1]);
  return counts;
}

Counts links_of(const Dataset& data) {
  Counts counts;
  for (std::size_t r = 0; r < data.types.relations.size(); ++r)
    counts.push_back(relation(data.all.graph, data.types, std::int32_t(r)).nonzeros());
  return counts;
}

Counts classes_of(const Dataset& data) {
  Counts counts(std::size_t(data.targets.class_count()));
  for (const std::int32_t c : data.targets.classes) ++counts[c];
  return counts;
}

const char* data_root() {
  const char* root = std::getenv("PFM_DATA");
  if (root == nullptr || std::getenv("PFM_SLOW") == nullptr) {
    MESSAGE("SKIPPED: PFM_SLOW and PFM_DATA (the data root) are not both set");
    return nullptr;
  }
  return root;
}

}  // namespace

TEST_SUITE("slow-io") {
  TEST_CASE("typed table: HeCo's folders and IMDB") {
    const char* root = data_root();
    if (root == nullptr) return;
    struct Known {
      const char* name;
      Counts nodes, widths, links, classes;
      std::vector<std::string> metapaths;
    };
    const std::vector<Known> table{
        {"acm", {4019, 7167, 60}, {1902, 1902, 0}, {13407, 4019}, {1993, 965, 1061}, {"pap", "psp"}},
        {"dblp",
         {4057, 14328, 20, 7723},
         {334, 4231, 0, 50},
         {19645, 14328, 85810},
         {1197, 745, 1109, 1006},
         {"apa", "apcpa", "aptpa"}},
        {"freebase", {3492, 33401, 2502, 4459}, {}, {65341, 3762, 6414}, {1327, 618, 1547}, {"mam", "mdm", "mwm"}},
    };
    for (const Known& known : table) {
      INFO(known.name);
      const Dataset data = load("heco", std::filesystem::path(root) / "hetero_heco" / known.name);
      CHECK(nodes_of(data.types) == known.nodes);
      CHECK(widths_of(data.types) == known.widths);
      CHECK(links_of(data) == known.links);
      CHECK(classes_of(data) == known.classes);
      std::vector<std::string> metapaths;
      for (const auto& [name, pairs] : data.metapaths) metapaths.push_back(name);
      CHECK(metapaths == known.metapaths);
      CHECK(data.positives.rows() == known.nodes[0]);
      CHECK(data.splits.size() == 9);
      for (const int k : {20, 40, 60}) {
        CHECK(data.splits.at("train_" + std::to_string(k)).size() == k * known.classes.size());
        CHECK(data.splits.at("validation_" + std::to_string(k)).size() == 1000);
        CHECK(data.splits.at("test_" + std::to_string(k)).size() == 1000);
      }
    }
    const Dataset imdb = load("imdb", std::filesystem::path(root) / "hetero_imdb");
    CHECK(nodes_of(imdb.types) == Counts{4278, 2081, 5257});  // MAGNN's
    CHECK(links_of(imdb) == Counts{4278, 12828});
    CHECK(widths_of(imdb.types) == Counts{3066, 0, 0});
    CHECK(classes_of(imdb) == Counts{1135, 1584, 1559});
  }

  TEST_CASE("typed table: small knowledge graphs") {
    const char* root = data_root();
    if (root == nullptr) return;
    struct Known {
      const char* name;
      std::int64_t entities;
      std::size_t relations, train, validation, test;
    };
    for (const Known& known : {Known{"nations", 14, 55, 1592, 199, 201}, Known{"kinships", 104, 25, 8544, 1068, 1074},
                               Known{"umls", 135, 46, 5216, 652, 661}}) {
      INFO(known.name);
      const Dataset data = load("triples", std::filesystem::path(root) / "kg_small" / known.name);
      CHECK(data.nodes() == known.entities);
      CHECK(data.types.relations.size() == known.relations);
      CHECK(data.splits.at("train").size() == known.train);
      CHECK(data.splits.at("validation").size() == known.validation);
      CHECK(data.splits.at("test").size() == known.test);
      CHECK(data.all.graph.edges() == Offset(known.train));
      CHECK(data.targets.pairs.size() == known.train + known.validation + known.test);
    }
  }

  TEST_CASE("typed table: molecules") {
    const char* root = data_root();
    if (root == nullptr) return;
    if (!io::reads_smiles()) {
      MESSAGE("SKIPPED: built without RDKit");
      return;
    }
    struct Known {
      const char* name;
      std::int64_t molecules, tasks;
    };
    for (const Known& known :
         {Known{"BBBP.csv", 2039, 1}, Known{"bace.csv", 1513, 1}, Known{"tox21.csv", 7831, 12},
          Known{"HIV.csv", 41127, 1}, Known{"ESOL_delaney-processed.csv", 1128, 1}, Known{"FreeSolv_SAMPL.csv", 642, 1},
          Known{"Lipophilicity.csv", 4200, 1}, Known{"qm7.csv", 6830, 1}, Known{"zinc250k_jtnn_valid.txt", 24445, 0},
          Known{"zinc250k_jtnn_test.txt", 5000, 0}}) {
      INFO(known.name);
      const Dataset data = load("smiles", std::filesystem::path(root) / "molecules" / known.name);
      CHECK(data.graphs() == known.molecules);
      CHECK(Offset(data.texts.size()) == known.molecules);
      CHECK((data.targets.reals ? data.targets.reals->cols() : 0) == known.tasks);
      if (known.name != std::string("bace.csv")) continue;
      CHECK(std::ranges::count(data.targets.reals->values(), Real(1)) == 691);
      CHECK(std::ranges::count(data.targets.reals->values(), Real(0)) == 822);
    }
  }

  TEST_CASE("typed table: Debian 12's package index") {
    const char* index = std::getenv("PFM_DEBIAN_INDEX");  // apt-cache dumpavail of Debian 12 main, amd64
    if (index == nullptr) {
      MESSAGE("SKIPPED: PFM_DEBIAN_INDEX is not set");
      return;
    }
    const Dataset data = load("debian", index);
    CHECK(data.nodes() == 63666);
    CHECK(links_of(data)[0] == 248338);
    CHECK(data.targets.class_names.size() == 58);
    const Counts classes = classes_of(data);
    auto size_of = [&](const char* section) {
      return classes[std::size_t(std::ranges::find(data.targets.class_names, section) -
                                 data.targets.class_names.begin())];
    };
    CHECK(size_of("libs") == 6711);
    CHECK(size_of("libdevel") == 5581);
    CHECK(size_of("python") == 4546);
  }
}
