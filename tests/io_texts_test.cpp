// Texts as data sets: corpora of documents, sentences with classes.
#include <pfm/graph/text_samples.h>
#include <pfm/io/builtin.h>
#include <pfm/io/dataset.h>
#include <pfm/io/edge_list.h>
#include <pfm/io/formats.h>
#include <pfm/io/labelled_texts.h>
#include <pfm/io/sentence_pairs.h>
#include <pfm/io/text_corpus.h>

#include <algorithm>

#include "corruption.h"

using namespace pfm;

namespace {

Dataset labelled(const std::filesystem::path& folder) { return io::read_labelled_texts(std::vector{folder}, {}); }
Dataset scored_pairs(const std::filesystem::path& folder) { return io::read_scored_pairs(std::vector{folder}, {}); }
Dataset labelled_pairs(const std::filesystem::path& folder) { return io::read_labelled_pairs(std::vector{folder}, {}); }
Dataset corpus(const std::filesystem::path& file) { return io::read_text_corpus(std::vector{file}, {}); }

}  // namespace

TEST_SUITE("io") {
  TEST_CASE("texts: documents of a file, recognised as prose, kept as HDF5") {
    const Temporary folder;
    const std::string prose = "It was a dark night.\nRain fell.\n\n\nThe end came slowly, as ends do.\n";
    put(folder / "night.txt", prose);
    const Dataset data = corpus(folder / "night.txt");
    CHECK(data.name == "night");
    CHECK(data.texts ==
          std::vector<std::string>{"It was a dark night.\nRain fell.", "The end came slowly, as ends do."});
    CHECK(holds_texts(data));
    CHECK(data.items() == 2);
    CHECK(io::recognised(folder / "night.txt")->id == std::string("text"));
    put(folder / "edges.txt", "alice bob\nbob carol\n");
    put(folder / "numbers.txt", "0 1 2.5\n1 2 0.5\n");
    for (const char* name : {"edges.txt", "numbers.txt"})
      CHECK(io::recognised(folder / name)->id == std::string("edgelist"));
    io::write_dataset(folder / "night.h5", data);
    const Dataset again = io::read_dataset(folder / "night.h5");
    CHECK(again.texts == data.texts);
    CHECK(holds_texts(again));
    put(folder / "empty.txt", "\n \n");
    CHECK_THROWS_WITH_AS(corpus(folder / "empty.txt"), doctest::Contains("no text"), Error);
    const Dataset builtin = io::builtin("coriolanus");
    CHECK(builtin.texts.size() == 51);
    CHECK(builtin.texts[0] == "First Citizen:\nBefore we proceed any further, hear me speak.");
  }

  TEST_CASE("texts: sentences with classes in three layouts, Latin-1 becomes UTF-8") {
    const Temporary root;
    std::filesystem::create_directories(root / "sst");
    put(root / "sst" / "train.tsv", "good film\t1\nbad film\t0\n");
    put(root / "sst" / "dev.tsv", "fine\t1\n");
    const Dataset sst = labelled(root / "sst");
    CHECK(sst.name == "sst");
    CHECK(sst.texts == std::vector<std::string>{"good film", "bad film", "fine"});
    CHECK(sst.targets.classes == std::vector<std::int32_t>{1, 0, 1});
    CHECK(sst.splits.at("validation") == std::vector<NodeId>{2});
    CHECK(!sst.splits.contains("test"));
    std::filesystem::create_directories(root / "trec");
    put(root / "trec" / "T.train", "DESC:manner How did it go ?\nENTY:food What is caf\xE9 ?\n");
    put(root / "trec" / "T.test", "DESC:def What is it ?\n");
    const Dataset trec = labelled(root / "trec");
    CHECK(trec.texts[1] == "What is caf\xC3\xA9 ?");
    CHECK(trec.targets.class_names == std::vector<std::string>{"DESC", "ENTY"});
    CHECK(trec.splits.at("test") == std::vector<NodeId>{2});
    std::filesystem::create_directories(root / "mr");
    put(root / "mr" / "m.pos", "nice\n\n"), put(root / "mr" / "m.neg", "awful\n");
    const Dataset mr = labelled(root / "mr");
    CHECK(mr.texts == std::vector<std::string>{"awful", "nice"});
    CHECK(mr.targets.class_names == std::vector<std::string>{"neg", "pos"});
    for (const char* name : {"sst", "trec", "mr"})
      CHECK(io::recognised(root / name)->id == std::string("labelled-texts"));
    put(root / "sst" / "dev.tsv", "no class here\n");
    CHECK_THROWS_WITH_AS(labelled(root / "sst"), doctest::Contains("dev.tsv:1:1: found 'no class here'"), Error);
    CHECK_THROWS_AS(labelled(root.path()), Error);
  }

  TEST_CASE("texts: pairs with scores in two layouts; a text that comes again is one sample") {
    const Temporary root;
    std::filesystem::create_directories(root / "sts"), std::filesystem::create_directories(root / "own");
    put(root / "sts" / "sts-train.csv",
        "news\tf\t2012\t1\t4.5\tA man.\tThe man.\nnews\tf\t2012\t2\t0\tA \"b.\tA man.\tx\ty\n");
    put(root / "sts" / "sts-test.csv", "news\tf\t2012\t3\t2.25\tcaf\xC3\xA9\tA man.\n\n");
    const Dataset sts = scored_pairs(root / "sts");
    CHECK(sts.name == "sts");
    CHECK(sts.texts == std::vector<std::string>{"A man.", "The man.", "A \"b.", "caf\xC3\xA9"});
    CHECK(sts.targets.pairs == std::vector<Triple>{{0, 0, 1}, {2, 0, 0}, {3, 0, 0}});
    CHECK((*sts.targets.reals)(2, 0) == 2.25);
    CHECK((sts.items() == 3 && holds_texts(sts)));
    CHECK(sts.splits.at("test") == std::vector<NodeId>{2});
    io::write_dataset(root / "sts.h5", sts);
    const Dataset again = io::read_dataset(root / "sts.h5");
    CHECK((again.targets.pairs == sts.targets.pairs && again.splits == sts.splits && again.texts == sts.texts));
    put(root / "own" / "train.tsv", "-1.5\ta\tb\n");
    CHECK(scored_pairs(root / "own").texts.size() == 2);
    for (const char* name : {"sts", "own"}) CHECK(io::recognised(root / name)->id == std::string("scored-pairs"));
    put(root / "own" / "dev.tsv", "high\ta\tb\n");
    CHECK_THROWS_WITH_AS(scored_pairs(root / "own"), doctest::Contains("dev.tsv:1:1: found"), Error);
    CHECK_THROWS_WITH_AS(scored_pairs(root.path()), doctest::Contains("has no pair"), Error);
  }

  TEST_CASE("texts: pairs with classes in two layouts, a heading passed over") {
    const Temporary root;
    std::filesystem::create_directories(root / "mrpc"), std::filesystem::create_directories(root / "own");
    put(root / "mrpc" / "msr_train.txt",
        "\xEF\xBB\xBFQuality\t#1 ID\t#2 ID\t#1 String\t#2 String\r\n1\t7\t8\tA man.\tThe \"man.\r\n0\t9\t7\tNo.\tA "
        "man.\n");
    put(root / "mrpc" / "msr_test.txt", "Quality\t#1 ID\t#2 ID\t#1 String\t#2 String\n1\t1\t2\tcaf\xC3\xA9\tNo.\n");
    const Dataset mrpc = labelled_pairs(root / "mrpc");
    CHECK(mrpc.texts == std::vector<std::string>{"A man.", "The \"man.", "No.", "caf\xC3\xA9"});
    CHECK(mrpc.targets.pairs == std::vector<Triple>{{0, 0, 1}, {2, 0, 0}, {3, 0, 2}});
    CHECK(mrpc.targets.classes == std::vector<std::int32_t>{1, 0, 1});
    CHECK(mrpc.targets.class_names == std::vector<std::string>{"0", "1"});
    CHECK(mrpc.splits.at("test") == std::vector<NodeId>{2});
    io::write_dataset(root / "mrpc.h5", mrpc);
    const Dataset again = io::read_dataset(root / "mrpc.h5");
    CHECK((again.targets.classes == mrpc.targets.classes && again.targets.pairs == mrpc.targets.pairs));
    CHECK(io::recognised(root / "mrpc")->id == std::string("labelled-pairs"));
    put(root / "own" / "train.tsv", "yes\ta\tb\nno\ta\tc\n");
    CHECK(labelled_pairs(root / "own").targets.class_names == std::vector<std::string>{"no", "yes"});
    put(root / "own" / "dev.tsv", "yes\ta\n");
    CHECK_THROWS_WITH_AS(labelled_pairs(root / "own"), doctest::Contains("dev.tsv:1:1: found"), Error);
  }

  TEST_CASE("texts: a byte order mark is no letter, whatever reads it") {
    const std::string mark = "\xEF\xBB\xBF";
    const Temporary root;
    put(root / "c.txt", mark + "One here.\r\n\r\n" + mark + "Two.\r\n");  // a later one is a character
    CHECK(corpus(root / "c.txt").texts == std::vector<std::string>{"One here.", mark + "Two."});
    std::filesystem::create_directories(root / "trec"), std::filesystem::create_directories(root / "own");
    put(root / "trec" / "T.train", mark + "DESC:a How ?\nDESC:b Why ?\n");
    CHECK(labelled(root / "trec").targets.class_names == std::vector<std::string>{"DESC"});
    put(root / "own" / "train.tsv", mark + "1.5\ta\tb\n");
    CHECK(io::recognised(root / "own")->id == std::string("scored-pairs"));
    CHECK((*scored_pairs(root / "own").targets.reals)(0, 0) == 1.5);
    put(root / "e.txt", mark + "0 1\n1 2\n");
    CHECK(io::read_edge_list(std::vector{root / "e.txt"}, {}).names.empty());  // whole numbers
    put(root / "m.txt", mark);
    CHECK_THROWS_WITH_AS(corpus(root / "m.txt"), doctest::Contains("no text"), Error);
  }

  TEST_CASE("texts: what a folder's reader does not take as it is, it says") {
    const Temporary root;
    std::vector<std::string> notes;
    const io::ReadRules rules{.note = [&](const std::string& line) { notes.push_back(line); }};
    const auto said = [&](const char* part) {
      return std::ranges::any_of(notes, [&](const std::string& n) { return n.find(part) != std::string::npos; });
    };
    std::filesystem::create_directories(root / "l"), std::filesystem::create_directories(root / "p");
    put(root / "l" / "train.tsv", "good\t1\ncaf\xE9\t\xE9t\xE9\n"), put(root / "l" / "valid.tsv", "a\t1\n");
    const Dataset data = io::read_labelled_texts(std::vector{root / "l"}, rules);
    CHECK(data.texts[1] == "caf\xC3\xA9");
    CHECK(data.targets.class_names == std::vector<std::string>{"1", "\xC3\xA9t\xC3\xA9"});
    CHECK(said("train.tsv: 1 lines are not UTF-8 and were taken as Latin-1, line 2 first"));
    CHECK(said("l: 1 passed over: valid.tsv"));
    notes.clear();
    put(root / "p" / "train.tsv", "1\ta\tb\n");
    for (const char* other : {"a.md", "b.csv", "c.tsv", "d.txt"}) put(root / "p" / other, "x");
    io::read_scored_pairs(std::vector{root / "p"}, rules);
    CHECK(said("p: 4 passed over: a.md, b.csv, c.tsv and others"));
  }

  TEST_CASE("hostile: lines that are no sentence with a class, no pair, no text") {
    const Temporary root;
    std::filesystem::create_directories(root / "l"), std::filesystem::create_directories(root / "p");
    const std::string longest(10 << 20, 'z');
    for (const auto& [content, says] : std::vector<std::pair<std::string, std::string>>{
             {"good\t1\nnone\n", "train.tsv:2:1: found 'none', expected sentence TAB class"},
             {"good\t\n", "expected a sentence and its class"},
             {"\t1\n", "expected a sentence and its class"},
             {std::string("a\0\t1\n", 5), "train.tsv:1:1: holds a zero byte"},
             {longest + "\n", "found 'zzzz"},
             {"", "has no text"},
             {" \n\n", "has no text"}}) {
      const std::string start = content.substr(0, 40);  // clang captures no structured binding
      INFO(start);
      put(root / "l" / "train.tsv", content);
      CHECK_THROWS_WITH_AS(labelled(root / "l"), doctest::Contains(says.c_str()), Error);
    }
    put(root / "l" / "train.tsv", longest + "\t1\n\nb\t0\n");
    CHECK(labelled(root / "l").texts == std::vector<std::string>{longest, "b"});
    for (const char* content : {"1\ta\n", "x\ta\tb\n", "nan\ta\tb\n", "1e999\ta\tb\n", "1e300\ta\tb\n", "1\ta\tb\tc\n",
                                "1\t\tb\n", "1\ta\xFF\tb\n"}) {
      INFO(content);
      put(root / "p" / "train.tsv", content);
      CHECK((sizeof(Real) > 4 && content == std::string("1e300\ta\tb\n")
                 ? scored_pairs(root / "p").items() == 1
                 : outcome([&] { return scored_pairs(root / "p").items() > 0; }) == "refused"));
    }
    put(root / "p" / "train.tsv", "1\t" + longest + "\tb\n\n2\tc\td\n");
    CHECK(scored_pairs(root / "p").texts.size() == 4);
    put(root / "c.txt", longest + " \n" + longest + "\n");
    CHECK(corpus(root / "c.txt").texts == std::vector<std::string>{longest + " \n" + longest});
    for (const char* name : {"a.neg", "b.neg", "c.pos"}) put(root / name, "x\n");
    CHECK_THROWS_WITH_AS(labelled(root.path()), doctest::Contains("one NAME.neg and one NAME.pos"), Error);
  }

  TEST_CASE("hostile: texts with classes and corpora") {
    const Temporary root;
    std::filesystem::create_directories(root / "p");
    survive("scored pairs", "1.5\tone two\tthree\n2\tone two\tfour \xC3\xA9\n", root / "p" / "train.tsv", [&] {
      const Dataset data = scored_pairs(root / "p");
      return data.targets.reals->rows() == data.items();
    });
    survive("labelled pairs", "a\tone two\tthree\nb\tone two\tfour \xC3\xA9\n", root / "p" / "train.tsv", [&] {
      const Dataset data = labelled_pairs(root / "p");
      return Offset(data.targets.classes.size()) == data.items();
    });
    std::filesystem::create_directories(root / "d");
    survive("labelled texts", "one two\ta\nthree \xC3\xA9\tb\n", root / "d" / "train.tsv", [&] {
      const Dataset data = labelled(root / "d");
      return data.texts.size() == data.targets.classes.size();
    });
    survive("text", "one\ntwo\n\nthree \xC3\xA9\n", root / "c.txt",
            [&] { return !corpus(root / "c.txt").texts.empty(); });
  }
}
