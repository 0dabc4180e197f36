#include <fmt/format.h>
#include <pfm/io/adjacency_list.h>
#include <pfm/io/anndata.h>
#include <pfm/io/attributed_text.h>
#include <pfm/io/check.h>
#include <pfm/io/cifar.h>
#include <pfm/io/dataset.h>
#include <pfm/io/debian.h>
#include <pfm/io/dot.h>
#include <pfm/io/edge_list.h>
#include <pfm/io/edge_list_writer.h>
#include <pfm/io/formats.h>
#include <pfm/io/graphml.h>
#include <pfm/io/heco.h>
#include <pfm/io/idx.h>
#include <pfm/io/imdb.h>
#include <pfm/io/labelled_texts.h>
#include <pfm/io/matrix_market.h>
#include <pfm/io/metis.h>
#include <pfm/io/npz.h>
#include <pfm/io/ogb.h>
#include <pfm/io/pajek.h>
#include <pfm/io/pictures.h>
#include <pfm/io/planetoid.h>
#include <pfm/io/sentence_pairs.h>
#include <pfm/io/smiles.h>
#include <pfm/io/text.h>
#include <pfm/io/text_corpus.h>
#include <pfm/io/triples.h>
#include <pfm/io/tu.h>
#include <pfm/io/tu_single.h>

#include <algorithm>

namespace pfm::io {
namespace {

namespace fs = std::filesystem;
// The first line of a text file, plain or gzip, or "" if the file does not begin like one.
std::string first_line(const fs::path& path) {
  std::error_code none;
  if (!fs::is_regular_file(path, none)) return "";
  std::string line;
  try {
    LineBlocks(path, 4096).next(line);
  } catch (const Error&) {  // damaged or not readable: not a text
    return "";
  }
  while (!line.empty() && (line[0] == '#' || line[0] == '%'))
    line.erase(0, line.find('\n') == std::string::npos ? line.size() : line.find('\n') + 1);
  line.resize(std::min(line.size(), line.find('\n')));
  return is_utf8(line) ? line : "";
}

// How many fields the first line has, and whether the first is a number.
std::pair<int, bool> shape_of_first_line(const fs::path& path) {
  const std::string line = first_line(path);
  Text text(path.string(), line);
  int fields = 0;
  bool number = false;
  if (text.next_line())
    for (; text.more(); ++fields) {
      const std::string_view field = text.field("");
      if (fields == 0) number = field.find_first_not_of("0123456789") == std::string_view::npos;
    }
  return {fields, number};
}

fs::path text_folder(const fs::path& path) { return fs::exists(path / "edges.txt") ? path : path / "text"; }

bool is_planetoid_text(const fs::path& path) {
  std::error_code none;
  return fs::exists(text_folder(path) / "edges.txt", none) && fs::exists(text_folder(path) / "labels.txt", none);
}

bool is_tu_single(const fs::path& path) { return shape_of_first_line(path) == std::pair(1, true); }

bool is_edge_list(const fs::path& path) {
  const int fields = shape_of_first_line(path).first;
  return fields == 2 || fields == 3;
}

Dataset read_hdf5(Paths paths, const ReadRules&) { return read_dataset(paths[0]); }
Dataset read_pickles(Paths paths, const ReadRules&) { return read_planetoid(paths[0]); }
Dataset read_text_folder(Paths paths, const ReadRules&) { return read_planetoid_text(text_folder(paths[0])); }
Dataset read_graphs(Paths paths, const ReadRules&) { return read_tu_single(paths[0]); }

constexpr Format table[] = {
    {"anndata", "an AnnData file (.h5ad): X, obs, obsp; or a matrix of 10x Genomics (.h5)", "undirected", is_anndata,
     read_anndata, write_anndata, 1, "weights direction names isolated classes features label-sets reals splits texts"},
    {"hdf5", "this program's own files", "", is_hdf5, read_hdf5},
    {"npz", "a scipy.sparse matrix of save_npz, or the gnn-benchmark's arrays", "undirected sum", is_npz, read_npz,
     write_npz, 1, "weights direction isolated"},
    {"planetoid", "a folder with ind.NAME.{x,tx,allx,y,ty,ally,graph,test.index}", "", is_planetoid, read_pickles},
    {"attributed-text", "a folder with edges.txt, features.txt (a line of columns per node), labels.txt, plain or gzip",
     "undirected weighted sum", is_attributed_text, read_attributed_text},
    {"ogb", "a folder of the Open Graph Benchmark: raw/edge.csv.gz, raw/num-node-list.csv.gz, ..", "undirected", is_ogb,
     read_ogb},
    {"planetoid-text", "a folder with edges.txt, features.txt, labels.txt, train.txt, val.txt, test.txt", "",
     is_planetoid_text, read_text_folder},
    {"mtx", "Matrix Market: coordinates of a square sparse matrix", "undirected weighted sum labels", is_matrix_market,
     read_matrix_market, write_matrix_market, 1, "weights direction isolated both"},
    {"graphml", "GraphML: nodes and edges as XML, weights, classes", "undirected weighted sum labels", is_graphml,
     read_graphml, write_graphml, 1, "weights direction names isolated classes both"},
    {"dot", "Graphviz' graph or digraph", "undirected weighted sum labels", is_dot, read_dot},
    {"pajek", "Pajek's .net: *Vertices, *Arcs, *Edges, *Arcslist, *Edgeslist", "undirected weighted sum labels",
     is_pajek, read_pajek},
    {"metis", "METIS: a header `nodes edges [fmt]`, then a line of neighbours per node", "weighted sum labels",
     is_metis, read_metis, write_metis, 1, "weights isolated"},
    {"debian", "a Debian package index: Packages, or what `apt-cache dumpavail` prints", "undirected", is_debian,
     read_debian},
    {"idx", "images as MNIST has them: NAME-images-idx3-ubyte and NAME-labels-idx1-ubyte, a file or a folder", "",
     is_idx, read_idx},
    {"cifar", "images as CIFAR-10 and CIFAR-100 have them: binary records of a label and 32 x 32 pixels", "", is_cifar,
     read_cifar},
    {"heco", "a folder of a typed graph as HeCo lays it out: labels.npy, pa.txt, pap.npz, ..", "", is_heco, read_heco},
    {"imdb", "films, directors and actors of movie_metadata.csv by the rule of MAGNN", "", is_imdb, read_imdb},
    {"scored-pairs",
     "a folder of pairs of sentences with scores: train, dev, test, or NAME-train, .., in .tsv or .csv (STS benchmark)",
     "", is_scored_pairs, read_scored_pairs},
    {"labelled-pairs",
     "a folder of pairs of sentences with classes: train, dev, test, or NAME-train, .., in .tsv or .csv (MRPC)", "",
     is_labelled_pairs, read_labelled_pairs},
    {"labelled-texts",
     "a folder of sentences with classes: train.tsv, dev.tsv, test.tsv, or NAME.train, or NAME.pos, NAME.neg", "",
     is_labelled_texts, read_labelled_texts},
    {"text", "plain UTF-8 text: documents with blank lines between them", "", is_text_corpus, read_text_corpus},
    {"smiles", "molecules: CSV with a column smiles or mol, or a SMILES a line (needs RDKit)", "columns", is_smiles,
     read_smiles},
    {"triples", "facts of a knowledge graph: a folder with train.txt, valid.txt, test.txt, or up to three files",
     "undirected", is_triples, read_triples, nullptr, 3},
    {"adjlist", "lines `node neighbour..`, with --weighted `node neighbour weight ..`; ids integers or strings",
     "undirected weighted sum labels", is_adjacency_list, read_adjacency_list},
    {"tu", "a folder of the TU collection: NAME_A.txt, NAME_graph_indicator.txt, NAME_graph_labels.txt, ..",
     "undirected", is_tu, read_tu},
    {"tu-single", "many small graphs in one text: their number, then per graph `nodes label` and a line per node", "",
     is_tu_single, read_graphs},
    {"edgelist", "lines `u v` or `u v weight`, ids integers or strings; comments with # or %",
     "undirected weighted sum labels delimiter columns", is_edge_list, read_edge_list, write_edge_list, 64,
     "weights names both"},
    {"pictures", "a folder of PNG and JPEG files, a folder each for the classes if there are some", "", is_pictures,
     read_pictures},
};

}  // namespace

std::span<const Format> formats() { return table; }

const Format* recognised(const fs::path& path) {
  const auto found = std::ranges::find_if(table, [&](const Format& f) { return f.recognise(path); });
  return found == std::end(table) ? nullptr : &*found;
}

}  // namespace pfm::io
