// Damaged files of typed graphs and molecules: a clear Error or a valid graph.
#include <pfm/io/csv.h>
#include <pfm/io/debian.h>
#include <pfm/io/heco.h>
#include <pfm/io/imdb.h>
#include <pfm/io/molecule.h>
#include <pfm/io/smiles.h>
#include <pfm/io/triples.h>

#include "corruption.h"
#include "heco_folder.h"

using namespace pfm;

TEST_SUITE("hostile") {
  TEST_CASE("hostile: random corruptions of triples, films and packages") {
    const Temporary folder;
    auto reads = [](auto reader, const std::filesystem::path& path) {
      return [reader, path] { return reader(std::vector{path}, io::ReadRules{}), true; };
    };
    survive("triples", "zoe\tknows\tann\nann\tlikes\tzoe\nbob\tknows\tbob\n", folder / "t.txt",
            reads(io::read_triples, folder / "t.txt"));
    survive("films",
            "movie_title,genres,director_name,actor_1_name,actor_2_name,actor_3_name,plot_keywords\n"
            "One,Drama|Action,Ann,Bob,Zoe,,blue car|car\n\"Two, \"\"three\"\"\",Comedy,Bob,Zoe,,,car\n",
            folder / "m.csv", reads(io::read_imdb, folder / "m.csv"));
    survive("packages",
            "Package: web\nDepends: libc (>= 2.1), mail | post\nDescription: small web server\n serves pages\n"
            "Section: contrib/net\n\nPackage: libc\nSuggests: web\nDescription: C library\nSection: libs\n",
            folder / "Packages", reads(io::read_debian, folder / "Packages"));
  }

  TEST_CASE("hostile: random corruptions of HeCo's folders") {
    const Temporary folder;
    put_heco(folder.path());
    for (const char* part :
         {"pa.txt", "labels.npy", "val_20.npy", "a_feat.npz", "t_feat.npz", "apcpa.npz", "pos.npz"}) {
      const std::string bytes = content_of(folder / part);
      survive(std::string("heco ") + part, bytes, folder / part,
              [&] { return io::read_heco(std::vector{folder.path()}, {}), true; });
      put(folder / part, bytes);
    }
  }

  TEST_CASE("hostile: random corruptions of SMILES") {
    if (!io::reads_smiles()) {
      MESSAGE("SKIPPED: built without RDKit");
      return;
    }
    const Temporary folder;
    survive("SMILES", "smiles,y\nC[C@@H](N)C(=O)O,1\nc1ccc2c(c1)[nH]cc2/C=C/Cl,\n[Na+].[Cl-],2.5\n", folder / "m.csv",
            [&] { return io::read_smiles(std::vector{folder / "m.csv"}, {}), true; });
    survive("SMILES by lines", "C[C@@H](N)C(=O)O\nO=C1CCC(=O)N1\n*CC#N\n", folder / "m.smi",
            [&] { return io::read_smiles(std::vector{folder / "m.smi"}, {}), true; });
  }

  TEST_CASE("hostile: SMILES that recurse, nest and repeat") {
    if (!io::reads_smiles()) {
      MESSAGE("SKIPPED: built without RDKit");
      return;
    }
    std::string nested, rings;
    for (int i = 0; i < 500; ++i) nested = "C(" + nested + ")";
    for (int i = 10; i < 99; ++i) rings += "C%" + std::to_string(i);
    CHECK(io::parse_smiles(std::string(600, 'C')).has_value());
    CHECK_FALSE(io::parse_smiles(std::string(1001, 'C')).has_value());
    CHECK_FALSE(io::parse_smiles("C" + std::string(5000, '-')).has_value());
    for (const std::string& smiles :
         {nested, rings + rings, std::string(4000, '('), std::string(4000, '['), "C" + std::string(3000, '1'),
          std::string("[999999999999999999999C]"), std::string("C:99999999999"), std::string("[C@TB99]"),
          std::string("\xff\xfe"), std::string("C\0C", 3)}) {
      INFO(smiles.substr(0, 40));
      CHECK_NOTHROW(io::parse_smiles(smiles));
    }
  }

  TEST_CASE("hostile: text that grows") {
    const Temporary folder;
    put(folder / "m.csv", "a,b\n\"" + std::string(1 << 20, '"'));
    CHECK(outcome([&] {
            io::Csv csv(folder / "m.csv");
            while (csv.next_row()) {
            }
            return true;
          }) == "refused");
    put(folder / "Packages", "Package: a\nDepends: " + std::string(1 << 20, ',') +
                                 "\nDescription: " + std::string(1 << 20, 'x') + "\n" + std::string(1 << 20, '\n'));
    CHECK(io::read_debian(std::vector{folder / "Packages"}, {}).nodes() == 1);
    put(folder / "t.txt", std::string(1 << 20, '\t') + "\n");
    CHECK(outcome([&] { return io::read_triples(std::vector{folder / "t.txt"}, {}), true; }) == "refused");
  }
}
