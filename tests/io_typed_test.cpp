// Readers of graphs with several kinds of nodes and edges: small exact cases.
#include <pfm/graph/relations.h>
#include <pfm/io/csv.h>
#include <pfm/io/dataset.h>
#include <pfm/io/debian.h>
#include <pfm/io/formats.h>
#include <pfm/io/heco.h>
#include <pfm/io/imdb.h>
#include <pfm/io/triples.h>
#include <pfm/io/word_bag.h>

#include "heco_folder.h"
#include "same_dataset.h"
#include "temporary.h"

using namespace pfm;
using Strings = std::vector<std::string>;

namespace {

Dataset read(Dataset (*reader)(io::Paths, const io::ReadRules&), const std::filesystem::path& path,
             const io::ReadRules& rules = {}) {
  return reader(std::vector{path}, rules);
}

bool kept_by_hdf5(const Dataset& data) {
  const Temporary folder;
  io::write_dataset(folder / "d.h5", data);
  return same(io::read_dataset(folder / "d.h5"), data);
}

Strings rows_of(io::Csv csv) {
  Strings rows;
  while (csv.next_row()) {
    rows.emplace_back();
    for (const std::string& field : csv.fields()) rows.back() += "<" + field + ">";
  }
  return rows;
}

}  // namespace

TEST_SUITE("io") {
  TEST_CASE("typed: CSV as RFC 4180 has it") {
    const Temporary folder;
    put(folder / "a.csv",
        "\xef\xbb\xbf"
        "a,\"b, \"\"c\"\"\",\r\n\n1,\"two\nlines\",5\" wide\n,,");
    CHECK(rows_of(io::Csv(folder / "a.csv")) == Strings{"<a><b, \"c\"><>", "<1><two\nlines><5\" wide>", "<><><>"});
    io::Csv csv(folder / "a.csv");
    csv.next_row(), csv.next_row();
    CHECK(csv.line() == 3);
    CHECK_THROWS_WITH_AS(csv.fail(2, "a number"), doctest::Contains("a.csv:4:8: found '5\" wide', expected a number"),
                         Error);
    put(folder / "b.csv", "a,b\n1\n");
    CHECK_THROWS_WITH_AS(rows_of(io::Csv(folder / "b.csv")), doctest::Contains("b.csv:2: found 1 fields, expected 2"),
                         Error);
    put(folder / "b.csv", "a,b\n\"x\"y,1\n");
    CHECK_THROWS_WITH_AS(rows_of(io::Csv(folder / "b.csv")), doctest::Contains("b.csv:2:4: found 'y' after"), Error);
    put(folder / "b.csv", "a,b\n1,\"x\n2,3\n");
    CHECK_THROWS_WITH_AS(rows_of(io::Csv(folder / "b.csv")),
                         doctest::Contains("b.csv:2:3: a quote that is never closed"), Error);
  }

  TEST_CASE("typed: words of texts, their counts, and the rare ones that are left out") {
    io::WordBag bag;
    for (const char* text : {"The cat, the Cat-flap a", "", "ÄRGER cat_1 ärger", "flap ärger x cat"}) bag.add(text);
    // Columns: cat, flap, ärger.
    CHECK(same(bag.rows(2), Sparse(4, 3, {0, 2, 2, 3, 6}, {0, 1, 2, 0, 1, 2}, {2, 1, 2, 1, 1, 1})));
    CHECK(bag.rows(1).cols() == 5);
    CHECK(bag.rows(3).cols() == 0);
  }

  TEST_CASE("typed: facts, from a folder, from files, from one") {
    const Temporary folder;
    put(folder / "train.txt", "zoe\tknows\tann\nann\tlikes\tzoe\nzoe\tknows\tann\nbob\tknows\tbob\r\n");
    put(folder / "valid.txt", "ann\tknows\tthe cat\nann\tlikes\tzoe\n");
    put(folder / "test.txt", "zoe\tsees\tbob\n");
    const Dataset data = read(io::read_triples, folder.path());
    CHECK(io::recognised(folder.path())->id == std::string("triples"));
    CHECK(data.names == Strings{"ann", "bob", "the cat", "zoe"});
    REQUIRE(data.types.relations.size() == 3);
    CHECK(data.types.relations[2].name == "sees");
    CHECK(data.targets.pairs == std::vector<Triple>{{3, 0, 0}, {0, 1, 3}, {1, 0, 1}, {0, 0, 2}, {3, 2, 1}});
    CHECK(data.splits ==
          std::map<std::string, std::vector<NodeId>>{{"train", {0, 1, 2}}, {"validation", {3}}, {"test", {4}}});
    CHECK(data.all.graph.edges() == 3);
    CHECK(data.all.graph.self_loops() == 1);
    CHECK(kept_by_hdf5(data));
    const std::vector files{folder / "train.txt", folder / "valid.txt", folder / "test.txt"};
    Dataset of_files = io::read_triples(files, {});
    of_files.name = data.name;
    CHECK(same(of_files, data));
    io::ReadRules undirected;
    undirected.undirected = true;
    const Dataset one = read(io::read_triples, folder / "train.txt", undirected);
    CHECK(one.splits.empty());
    CHECK(one.all.graph.undirected());
    CHECK(one.all.graph.edges() == 5);
    put(folder / "edges.txt", "a\tb\t0.5\n");
    CHECK_FALSE(io::is_triples(folder / "edges.txt"));
    put(folder / "bad.txt", "a\tb\tc\na\tb\n");
    CHECK_THROWS_WITH_AS(read(io::read_triples, folder / "bad.txt"), doctest::Contains("bad.txt:2:1: found 'a\tb'"),
                         Error);
    put(folder / "bad.txt", "a\t\tc\n");
    CHECK_THROWS_WITH_AS(read(io::read_triples, folder / "bad.txt"), doctest::Contains("bad.txt:1:3: an empty name"),
                         Error);
  }

  TEST_CASE("typed: films, their people and classes") {
    const Temporary folder;
    put(folder / "movie_metadata.csv",
        "movie_title,genres,director_name,actor_1_name,actor_2_name,actor_3_name,plot_keywords\n"
        "One ,Crime|Drama|Action,Ann,Bob,Zoe,,blue car|car\n"
        "\"Two, three\",Comedy,Bob,Zoe,Zoe,Ann,car\n"
        "Without class,Horror,Ann,Bob,,,car\n"
        "Without director,Drama,,Bob,,,blue\n"
        "Without actor,Drama,Ann,,Bob,,blue\n");
    const Dataset data = read(io::read_imdb, folder.path());
    CHECK(io::recognised(folder.path())->id == std::string("imdb"));
    CHECK(data.types.node_ptr == std::vector<NodeId>{0, 2, 4, 7});
    CHECK(data.names == Strings{"One", "Two, three", "Ann", "Bob", "Bob", "Zoe", "Ann"});
    CHECK(data.targets.classes == std::vector<std::int32_t>{2, 1});
    CHECK(same(relation(data.all.graph, data.types, 0), Sparse(2, 2, {0, 1, 2}, {0, 1})));
    CHECK(same(relation(data.all.graph, data.types, 1), Sparse(2, 3, {0, 2, 4}, {0, 1, 1, 2})));
    CHECK(same(data.all.x.sparse(), Sparse(7, 1, {0, 1, 2, 2, 2, 2, 2, 2}, {0, 0}, {2, 1})));
    CHECK(kept_by_hdf5(data));
    put(folder / "movie_metadata.csv", "movie_title,genres\nOne,Drama\n");
    CHECK_THROWS_WITH_AS(read(io::read_imdb, folder.path()), doctest::Contains("no column director_name"), Error);
  }

  TEST_CASE("typed: packages and what they depend on") {
    const Temporary folder;
    const std::string index =
        "Package: web\nVersion: 1\nDepends: libc (>= 2.1), mail | post [amd64],\n python3:any\nPre-Depends: libc\n"
        "Recommends: web\nDescription: small web server\n serves pages\n .\n to all\nSection: contrib/net\n\n"
        "Package: libc\nDescription-en: C library\nSection: libs\n\n\n"
        "Package: python3\nSuggests: web\nVersion: 3\n\n"
        "Package: web\nVersion: 2\nDepends: python3\nSection: old\n";
    put(folder / "Packages", index);
    Strings notes;
    io::ReadRules rules;
    rules.note = [&](const std::string& line) { notes.push_back(line); };
    const Dataset data = read(io::read_debian, folder / "Packages", rules);
    CHECK(io::recognised(folder / "Packages")->id == std::string("debian"));
    CHECK(data.names == Strings{"web", "libc", "python3"});
    CHECK(data.texts == Strings{"small web server\nserves pages\n\nto all", "C library", ""});
    CHECK(data.targets.classes == std::vector<std::int32_t>{1, 0, -1});
    CHECK(data.targets.class_names == Strings{"libs", "net"});
    CHECK(same(relation(data.all.graph, data.types, 0), Sparse(3, 3, {0, 2, 2, 2}, {1, 2})));
    CHECK(same(relation(data.all.graph, data.types, 1), Sparse(3, 3, {0, 1, 1, 1}, {0})));
    CHECK(same(relation(data.all.graph, data.types, 2), Sparse(3, 3, {0, 0, 0, 1}, {0})));
    REQUIRE(notes.size() == 1);
    CHECK(notes[0].starts_with("depends: 2 references"));
    CHECK(kept_by_hdf5(data));
    rules.undirected = true;
    CHECK(read(io::read_debian, folder / "Packages", rules).all.graph.edges() == 7);
    const std::vector<std::pair<std::string, std::string>> wrong{
        {"Package: a\nrubbish\n", "Packages:2:1: found 'rubbish'"},
        {"Package: a\nPackage: b\n", "Packages:2:1: a second field Package"},
        {"Package: a\n\nVersion: 1\nSection: x\n", "without a field Package"},
        {"Package: a\n\n more\n", "Packages:3:1: a line that goes on"},
        {"Package: a\nDescription: \xff\n", "not UTF-8"},
    };
    for (const auto& [content, says] : wrong) {
      put(folder / "Packages", content);
      CHECK_THROWS_WITH_AS(read(io::read_debian, folder / "Packages"), doctest::Contains(says.c_str()), Error);
    }
  }

  TEST_CASE("typed: HeCo's folders") {
    const Temporary folder;
    put_heco(folder.path());
    const Dataset data = read(io::read_heco, folder.path());
    CHECK(io::recognised(folder.path())->id == std::string("heco"));
    CHECK(data.types.nodes == Strings{"author", "paper", "venue", "term"});
    CHECK(data.types.node_ptr == std::vector<NodeId>{0, 3, 7, 9, 12});
    CHECK(data.types.column_ptr == std::vector<Offset>{0, 2, 2, 2, 4});
    CHECK(same(data.all.x.sparse(),
               Sparse(12, 4, {0, 1, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 5}, {0, 1, 2, 2, 3}, {1, 3, 5, 6, 7})));
    CHECK(data.targets.classes == std::vector<std::int32_t>{0, 1, 0});
    CHECK(data.splits == std::map<std::string, std::vector<NodeId>>{{"train_20", {2}}, {"validation_20", {0, 1}}});
    CHECK(same(data.metapaths.at("apcpa"), Sparse(3, 3, {0, 2, 4, 5}, {0, 1, 0, 1, 2})));
    // Authors 0 and 1 share term 0, 1 and 2 term 1.
    CHECK(same(data.metapaths.at("aptpa"), Sparse(3, 3, {0, 2, 5, 7}, {0, 1, 0, 1, 2, 1, 2})));
    CHECK(same(data.positives, Sparse(3, 3, {0, 1, 2, 3}, {0, 1, 2})));
    CHECK(same(relation(data.all.graph, data.types, 0), Sparse(4, 3, {0, 1, 2, 3, 4}, {0, 1, 1, 2})));
    CHECK(kept_by_hdf5(data));
    put(folder / "pc.txt", "0 0\n1 100000000\n");
    CHECK_THROWS_WITH_AS(read(io::read_heco, folder.path()), doctest::Contains("node 100000000 of type c"), Error);
    put_heco(folder.path());
    put(folder / "pa.txt", "0 3\n");
    CHECK_THROWS_WITH_AS(read(io::read_heco, folder.path()), doctest::Contains("node 3 of type a"), Error);
    put_heco(folder.path());
    put(folder / "val_20.npy", io::npy_of("<i8", "(2,)", std::string(16, '\0')));
    CHECK_THROWS_WITH_AS(read(io::read_heco, folder.path()), doctest::Contains("item 0 stands there twice"), Error);
  }
}
