// Molecules from SMILES, where the build has RDKit.
#include <pfm/io/dataset.h>
#include <pfm/io/molecule.h>
#include <pfm/io/smiles.h>

#include <cmath>

#include "same_dataset.h"
#include "temporary.h"

using namespace pfm;

namespace {

Dataset read(const std::filesystem::path& path, const io::ReadRules& rules = {}) {
  return io::read_smiles(std::vector{path}, rules);
}

std::vector<Real> targets(const Dataset& data) {
  return {data.targets.reals->values().begin(), data.targets.reals->values().end()};
}

}  // namespace

TEST_SUITE("io") {
  TEST_CASE("smiles: recognised by header or spelling") {
    const Temporary folder;
    const std::vector<std::pair<std::string, bool>> cases{{"name,SMILES\nethanol,CCO\n", true},
                                                          {"mol,Class\nCCO,1\n", true},
                                                          {"CCO ethanol\n", true},
                                                          {"[Na+].[Cl-]\n", true},
                                                          {"c1ccccc1Br\n", true},
                                                          {"0 1\n1 2\n", false},
                                                          {"5\n", false},
                                                          {"hello\n", false},
                                                          {"a,b\n1,2\n", false},
                                                          {"", false},
                                                          {"<?xml version=\"1.0\"?>\n", false}};
    for (const auto& entry : cases) {
      const auto& content = entry.first;
      const bool is = entry.second;
      INFO(content);
      put(folder / "f", content);
      CHECK(io::is_smiles(folder / "f") == is);
    }
  }

  TEST_CASE("smiles: without RDKit a word about how to get it") {
    if (io::reads_smiles()) return;
    const Temporary folder;
    put(folder / "f.smi", "CCO\n");
    CHECK_THROWS_WITH_AS(read(folder / "f.smi"), doctest::Contains("librdkit-dev"), Error);
  }

  TEST_CASE("smiles: atoms, bonds, chirality, direction, targets") {
    if (!io::reads_smiles()) {
      MESSAGE("SKIPPED: built without RDKit");
      return;
    }
    const Temporary folder;
    put(folder / "m.csv",
        "id,logp,smiles,note,weight\n1,0.5,C[C@@H](N)Cl,x,1\n2,,C1CC,y,2\n3,-1e1, F/C=C\\*  "
        "name,z,nan\n4,2,c1ccccc1,,4\n");
    std::vector<std::string> notes;
    io::ReadRules rules;
    rules.note = [&](const std::string& line) { notes.push_back(line); };
    const Dataset data = read(folder / "m.csv", rules);
    CHECK(notes == std::vector<std::string>{"1 of 4 SMILES are left out because RDKit refuses them: line 3 'C1CC'"});
    CHECK(data.task == Task::graph);
    CHECK(data.texts == std::vector<std::string>{"C[C@@H](N)Cl", "F/C=C\\*", "c1ccccc1"});
    CHECK(data.all.segments == std::vector<Offset>{0, 4, 8, 14});
    CHECK(data.all.samples == std::vector<std::int64_t>{0, 1, 2});
    const Sparse& x = data.all.x.sparse();
    CHECK(x.cols() == 123);
    auto row = [&](Offset v) { return std::vector<NodeId>(x.columns(v).begin(), x.columns(v).end()); };
    CHECK(row(0) == std::vector<NodeId>{5, 119});
    CHECK(row(1) == std::vector<NodeId>{5, 120});  // @@ with the implicit hydrogen in second place
    CHECK(row(3) == std::vector<NodeId>{16, 119});
    CHECK(row(7) == std::vector<NodeId>{118, 119});  // "*"
    const Graph& graph = data.all.graph;
    CHECK(graph.edges() == 2 * (3 + 3 + 6));
    CHECK(graph.undirected());
    const std::vector<std::int32_t> types(graph.edge_types().begin(), graph.edge_types().end());
    CHECK(types == std::vector<std::int32_t>{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3});
    auto direction = [&](Offset e) { return graph.edge_attributes()(e, 1) - graph.edge_attributes()(e, 2); };
    CHECK(graph.edge_attributes().cols() == 3);
    CHECK(direction(0) == 0);
    CHECK(direction(6) == 1);  // F/C, from both ends
    CHECK(direction(7) == 1);
    CHECK(direction(10) == -1);  // C\*
    const std::vector<Real> reals = targets(data);
    REQUIRE(reals.size() == 6);
    CHECK(reals[0] == Real(0.5));
    CHECK(reals[2] == -10);
    CHECK(std::isnan(reals[3]));
    CHECK(reals[5] == 4);
    io::write_dataset(folder / "m.h5", data);
    const Dataset back = io::read_dataset(folder / "m.h5");
    CHECK(same(back, data));
    CHECK(std::isnan(targets(back)[3]));

    rules.columns = {"weight"};
    CHECK(targets(read(folder / "m.csv", rules)).size() == 3);
    rules.columns = {"note"};
    CHECK_THROWS_WITH_AS(read(folder / "m.csv", rules), doctest::Contains("m.csv:2:20: found 'x', expected a finite"),
                         Error);
    rules.columns = {"mass"};
    CHECK_THROWS_WITH_AS(read(folder / "m.csv", rules), doctest::Contains("has no column 'mass'"), Error);
  }

  TEST_CASE("smiles: one a line, and MoleculeNet's own columns") {
    if (!io::reads_smiles()) {
      MESSAGE("SKIPPED: built without RDKit");
      return;
    }
    const Temporary folder;
    put(folder / "m.smi", "CCO ethanol\n\nO=C=O\n");
    const Dataset lines = read(folder / "m.smi");
    CHECK(lines.graphs() == 2);
    CHECK(lines.targets.reals == nullptr);
    CHECK(lines.task == Task::none);
    put(folder / "f.csv", "smiles,expt,calc\nCCO,1,2\n");
    CHECK(targets(read(folder / "f.csv")) == std::vector<Real>{1});
    put(folder / "f.csv", "smiles,y\nC1CC,1\n");
    CHECK_THROWS_WITH_AS(read(folder / "f.csv"), doctest::Contains("RDKit refuses them: line 2 'C1CC'"), Error);
  }
}
