#include <pfm/encoders/readout.h>
#include <pfm/graph/build.h>
#include <pfm/graph/laplacian.h>
#include <pfm/graph/neighbour_overlap.h>
#include <pfm/graph/relations.h>
#include <pfm/graph/symmetrise.h>
#include <pfm/graph/text_samples.h>
#include <pfm/graph/triangles.h>
#include <pfm/io/word_bag.h>
#include <pfm/selfsup/kneser_ney.h>
#include <pfm/selfsup/protocol.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

namespace pfm {
namespace {

// X with rows of sum 1, of several kinds of nodes the first with its own columns; nodes without features are told apart
// by identity rows.
Features own_features(const Dataset& view) {
  return (view.types.empty() ? view.all.x : type_features(view.all.x, view.types, 0)).row_normalised();
}

Outcome raw(const Dataset& view, Rng) { return {own_features(view)}; }

// a1 = A X, a2 = A^2 X, a3 = A^3 X with A = D^-1/2 (A + I) D^-1/2.
template <int hops>
Outcome smoothed(const Dataset& view, Rng) {
  Features x = view.all.x.row_normalised();
  for (int hop = 0; hop < hops; ++hop) x = multiply(view.all.graph.propagation(), x);
  return {x};
}

// 1 / count times the sum of matrices of one shape.
Sparse mean_of(const std::vector<Sparse>& all) {
  const Offset rows = all.front().rows(), cols = all.front().cols();
  std::vector<Offset> offsets{0};
  std::vector<NodeId> columns;
  std::vector<Real> values;
  for (Offset i = 0; i < rows; ++i) {
    std::map<NodeId, Real> row;
    for (const Sparse& a : all)
      for (std::size_t k = 0; k < a.columns(i).size(); ++k)
        row[a.columns(i)[k]] += (a.weighted() ? a.values(i)[k] : 1) / Real(all.size());
    for (const auto& [column, value] : row) columns.push_back(column), values.push_back(value);
    offsets.push_back(Offset(columns.size()));
  }
  return {rows, cols, std::move(offsets), std::move(columns), std::move(values)};
}

// The features of the items, one kind of nodes, averaged over whom each meta-path M joins them with: the mean of
// D^-1/2 (M + I) D^-1/2 X over the meta-paths. Data without meta-paths: X.
Outcome along_metapaths(const Dataset& view, Rng) {
  const Features x = own_features(view);
  if (view.metapaths.empty()) return {x};
  std::vector<Sparse> joined;
  for (const auto& [name, pairs] : view.metapaths) joined.push_back(Graph(pairs).propagation());
  return {multiply(mean_of(joined), x)};
}

// Which power of two the degree lies below: a classifier may give each its own decision.
Outcome degree(const Dataset& view, Rng) {
  const Sparse& adjacency = view.all.graph.adjacency();
  std::vector<std::int32_t> powers;
  for (NodeId v = 0; v < view.nodes(); ++v)
    powers.push_back(std::int32_t(std::bit_width(std::uint64_t(adjacency.columns(v).size()))));
  const std::int32_t count = powers.empty() ? 1 : 1 + *std::ranges::max_element(powers);
  return {one_label_each(powers, count)};
}

constexpr NodeId width = 128;  // of what stands beside embeddings of usually this many columns

// Unit rows of the first eigenvectors (Ng, Jordan & Weiss 2001): of norm 1 themselves, a regularised classifier could
// not use them.
Outcome spectral(const Dataset& view, Rng) {
  return {unit_rows(laplacian_spectrum(symmetrised(view.all.graph), std::min(width, view.nodes())).vectors)};
}

Outcome table(const Dataset& view, Rng rng) {
  Matrix rows(view.nodes(), width);
  for (Offset i = 0; i < rows.size(); ++i)
    rows.data()[i] = Real(rng.normal(std::uint64_t(i)) / std::sqrt(double(width)));
  return {std::move(rows)};
}

// Images of one size as they are, pixel by pixel.
Outcome pixels(const Dataset& view, Rng) {
  const Matrix& x = view.all.x.dense();
  Matrix rows(view.graphs(), x.size() / view.graphs());
  std::ranges::copy(x.values(), rows.data());
  return {std::move(rows)};
}

// How often each word stands in a text; words of two texts or more.
Outcome bow(const Dataset& view, Rng) {
  io::WordBag bag;
  for (const std::string& text : view.texts) bag.add(text);
  return {unit_rows(bag.rows(2))};
}

bool of_nodes(const Dataset& view) { return view.graphs() == 1 && view.task != Task::graph; }

bool images_of_one_size(const Dataset& view) {
  const std::vector<Grid>& grids = view.all.grids;
  return view.all.x.is_dense() && !grids.empty() && std::ranges::all_of(grids, [&](const Grid& g) {
           return g.height == grids[0].height && g.width == grids[0].width;
         });
}

// Rows that tell nothing: only the classifier's intercepts are left, and they order labels by frequency.
Outcome prior(const Dataset& view, Rng) { return {Matrix::zeros(view.nodes(), 1)}; }

// Neighbours count once, whatever directions and weights, and in the view alone.
template <Matrix (*scores)(const Graph&, std::span<const Edge>)>
Outcome by_neighbours(const Dataset& view, Rng) {
  return {.embedding = {},
          .pair_scores = [graph = build_graph(view.nodes(), view.all.graph.pairs())](std::span<const Edge> pairs) {
            return scores(graph, pairs);
          }};
}

// Degree, that of neighbours, how far they know each other, and how many nodes lie within two steps: what a structural
// role is by hand. The degree's power of two as above, beside the logarithms of the others.
Outcome structure(const Dataset& view, Rng rng) {
  const Graph graph = symmetrised(view.all.graph);
  const std::vector<double> clustering = triangles(graph).clustering();
  const Matrix powers = degree(view, rng).embedding.as_dense();
  Matrix rows(view.nodes(), powers.cols() + 3);
  std::vector<NodeId> seen(static_cast<std::size_t>(view.nodes()), -1);
  for (NodeId v = 0; v < view.nodes(); ++v) {
    const auto neighbours = graph.adjacency().columns(v);
    double degrees = 0, within = 0;
    const auto meet = [&](NodeId u) { within += std::exchange(seen[std::size_t(u)], v) != v; };
    meet(v);
    for (const NodeId u : neighbours) {
      meet(u);
      degrees += double(graph.adjacency().columns(u).size());
      for (const NodeId w : graph.adjacency().columns(u)) meet(w);
    }
    std::ranges::copy(powers.row(v), rows.row(v).begin());
    rows(v, powers.cols()) = Real(std::log1p(degrees / double(std::max<std::size_t>(1, neighbours.size()))));
    rows(v, powers.cols() + 1) = Real(clustering[std::size_t(v)]);
    rows(v, powers.cols() + 2) = Real(std::log1p(within));
  }
  return {std::move(rows)};
}

Outcome majority(const Dataset& view, Rng) { return {Matrix::zeros(view.graphs(), 1)}; }

// Of each graph the numbers of nodes and of edges, an undirected edge once.
Outcome sizes(const Dataset& view, Rng) {
  const std::vector<Offset> segments = segments_of(view.all);
  const bool undirected = view.all.graph.undirected();
  Matrix rows = Matrix::zeros(view.graphs(), 2);
  for (Offset g = 0; g < rows.rows(); ++g) {
    const auto begin = NodeId(segments[std::size_t(g)]), end = NodeId(segments[std::size_t(g) + 1]);
    rows(g, 0) = Real(end - begin);
    for (NodeId v = begin; v < end; ++v)
      for (const NodeId u : view.all.graph.adjacency().columns(v)) rows(g, 1) += Real(u >= v || !undirected);
  }
  return {std::move(rows)};
}

// The sums of the features over the nodes of each graph, which for one-hot labels are their counts, and the sizes.
Outcome counts(const Dataset& view, Rng rng) {
  const Features own = sizes(view, rng).embedding;
  if (view.all.x.is_identity()) return {own};
  std::vector<NodeId> nodes(static_cast<std::size_t>(view.nodes()));
  std::iota(nodes.begin(), nodes.end(), NodeId{0});
  const Sparse members(view.graphs(), view.nodes(), segments_of(view.all), std::move(nodes));
  const Matrix sums = multiply(members, view.all.x).as_dense();
  Matrix rows(sums.rows(), 2 + sums.cols());
  for (Offset g = 0; g < rows.rows(); ++g)
    std::ranges::copy(sums.row(g), std::ranges::copy(own.dense().row(g), rows.row(g).begin()).out);
  return {std::move(rows)};
}

template <int order>
Outcome characters(const Dataset& view, Rng) {
  return {.embedding = {}, .code_length = kneser_ney(view.texts, order)};
}

}  // namespace

const std::vector<Control>& controls() {
  static const std::vector<Control> all{
      {"raw", "the features alone", raw, of_nodes},
      {"a1", "features averaged over neighbours once", smoothed<1>, of_nodes},
      {"a2", "twice", smoothed<2>, of_nodes},
      {"a3", "three times", smoothed<3>, of_nodes},
      {"bow", "how often each word stands in a text, unit rows", bow, holds_texts},
      {"pixels", "an image's pixels side by side", pixels, images_of_one_size},
      {"metapaths", "features averaged over the neighbours along each meta-path, then over meta-paths",
       along_metapaths},
      {"degree", "the degree alone, in powers of two", degree},
      {"spectral", "unit rows of the first 128 eigenvectors of the normalised Laplacian", spectral},
      {"table", "128 random numbers per node", table},
      {"structure", "degree, that of neighbours, clustering coefficient, nodes within two steps", structure},
      {"majority", "rows that tell nothing: the most frequent class", majority},
      {"sizes", "how many nodes and edges a graph has", sizes},
      {"counts", "those, and the sums of its nodes' features: counts of their labels", counts},
      {"prior", "rows that tell nothing: the most frequent labels", prior},
      {"unigram", "how often each character comes", characters<1>},
      {"bigram", "how often it follows the one before (interpolated Kneser-Ney)", characters<2>},
      {"kneser-ney", "how often it follows the four before (likewise)", characters<5>},
      {"common-neighbours", "how many neighbours the pair shares", by_neighbours<common_neighbours>},
      {"jaccard", "which part of the pair's neighbours it shares", by_neighbours<jaccard>},
      {"adamic-adar", "shared neighbours, each by 1 / log of its degree", by_neighbours<adamic_adar>},
      {"preferential-attachment", "the product of both degrees", by_neighbours<preferential_attachment>},
  };
  return all;
}

}  // namespace pfm
