// real/, samplers/ and losses/: what graphs are like (cores, triangles, ranks, distances, spectra, colours) and how
// things spread on them, against networkx, scipy and dense formulas.
#include <pfm/graph/build.h>
#include <pfm/graph/components.h>
#include <pfm/graph/cores.h>
#include <pfm/graph/diffusion.h>
#include <pfm/graph/distances.h>
#include <pfm/graph/features.h>
#include <pfm/graph/laplacian.h>
#include <pfm/graph/pagerank.h>
#include <pfm/graph/triangles.h>
#include <pfm/graph/wl_colours.h>
#include <pfm/tests/parity.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <numeric>
#include <stdexcept>

namespace pfm::parity {
namespace {

using fixture::Array;
using fixture::Group;

void numbers(Comparison& c, const std::string& what, const std::vector<double>& found, const Array& expected) {
  if (found.size() != expected.values.size()) return c.fail(what + ": another number of values");
  for (std::size_t i = 0; i < found.size(); ++i) c.number(what, found[i], expected.values[i], 1e-10);
}

template <class Integer>
std::vector<std::int64_t> wide(const std::vector<Integer>& numbers) {
  return {numbers.begin(), numbers.end()};
}

std::filesystem::path data_root() {
  const char* given = std::getenv("PFM_DATA");
  if (!given) throw std::runtime_error("this case needs the data root in PFM_DATA");
  return given;
}

std::vector<std::int64_t> integers(const std::filesystem::path& file) {  // apart by spaces, commas or lines
  std::ifstream in(file);
  std::vector<std::int64_t> all;
  for (std::int64_t number; in >> number;) {
    all.push_back(number);
    if (in.peek() == ',') in.get();
  }
  if (all.empty()) throw std::runtime_error("no numbers in " + file.string());
  return all;
}

// The files hold distances of the small graphs, but not their edges.
Graph graph_named(const std::string& name, const Group& statistics) {
  const auto nodes = NodeId(statistics.number("nodes", 0));
  std::vector<Edge> edges;
  if (statistics.has("distance")) {
    const std::vector<double>& distance = statistics.array("distance").values;
    for (NodeId u = 0; u < nodes; ++u)
      for (NodeId v = u; v < nodes; ++v)
        if (distance[std::size_t(u) * std::size_t(nodes) + std::size_t(v)] == 1) edges.push_back({u, v});
  } else {
    const auto ends = integers(data_root() / "small_graphs" / (name + "_combined.txt"));
    for (std::size_t i = 0; i + 1 < ends.size(); i += 2) edges.push_back({NodeId(ends[i]), NodeId(ends[i + 1])});
  }
  return build_graph(nodes, edges);
}

bool all_distances(const Graph& g, const Array& expected, Comparison& c) {
  std::vector<std::int64_t> all;
  for (NodeId v = 0; v < g.nodes(); ++v)
    for (const std::int32_t d : distances(g, std::span(&v, 1))) all.push_back(d);
  c.exact("distance", all, expected);
  return true;
}

bool statistic(const std::string& what, const Graph& g, const Group& file, Comparison& c) {
  if (what == "summary") {
    const Triangles t = triangles(g);
    c.number("edges", double(g.pair_count()), file.number("edges", NAN), 0);
    c.number("components", components(g).count, file.number("components", NAN), 0);
    c.number("average clustering", t.average_clustering(), file.number("average_clustering", NAN), 1e-10);
    c.number("transitivity", t.transitivity(), file.number("transitivity", NAN), 1e-10);
    return true;
  }
  const Array& expected = file.array(what);
  if (what == "distance") return all_distances(g, expected, c);
  if (what == "core") c.exact(what, wide(core_numbers(g)), expected);
  if (what == "degree") c.exact(what, wide(triangles(g).degree), expected);
  if (what == "triangles") c.exact(what, wide(triangles(g).of), expected);
  if (what == "clustering") numbers(c, what, triangles(g).clustering(), expected);
  if (what == "pagerank") numbers(c, what, pagerank(g, {.tolerance = 1e-14}), expected);
  if (what == "laplacian_eigenvalues") numbers(c, what, laplacian_spectrum(g, g.nodes()).values, expected);
  return c.values > 0;
}

// MUTAG as the collection's own text: pairs of nodes, graphs and labels of nodes, from 1.
bool weisfeiler_lehman(const Group& file, Comparison& c) {
  const auto folder = data_root() / "tu/MUTAG";
  const auto ends = integers(folder / "MUTAG_A.txt"), graph_of = integers(folder / "MUTAG_graph_indicator.txt"),
             labels = integers(folder / "MUTAG_node_labels.txt");
  std::vector<Edge> edges;
  for (std::size_t i = 0; i + 1 < ends.size(); i += 2) edges.push_back({NodeId(ends[i] - 1), NodeId(ends[i + 1] - 1)});
  std::vector<Offset> segments;
  for (std::size_t v = 0; v < graph_of.size(); ++v)
    if (v == 0 || graph_of[v] != graph_of[v - 1]) segments.push_back(Offset(v));
  segments.push_back(Offset(graph_of.size()));
  const std::vector<std::int32_t> colours(labels.begin(), labels.end());
  const Graph graph = build_graph(NodeId(graph_of.size()), edges);
  const int rounds = int(file.array("distinct_labels").size()) - 1;
  c.exact("distinct labels", wide(wl_colours(graph, colours, rounds).counts), file.array("distinct_labels"));
  for (int round = 0; round <= rounds; ++round) {
    const Sparse rows = wl_histograms(wl_colours(graph, colours, round), segments);
    const Sparse gram = multiply(rows, rows.transpose());
    std::vector<std::int64_t> dense(std::size_t(gram.rows() * gram.cols()));
    for (Offset i = 0; i < gram.rows(); ++i)
      for (std::size_t e = 0; e < gram.columns(i).size(); ++e)
        dense[std::size_t(i * gram.cols() + gram.columns(i)[e])] = std::int64_t(gram.values(i)[e]);
    const std::string name = "gram_sum_to_" + std::to_string(round);
    c.exact(name, dense, file.array(name));
  }
  return true;
}

// The number at the end of "ppr_walk_alpha0.15".
double number_in(const std::string& name) { return std::stod(name.substr(name.find_last_not_of("0123456789.") + 1)); }

// The groups in a group that a file may not have.
std::map<std::string, Group> groups_in(const Group& file, const char* name) {
  const auto found = file.groups.find(name);
  return found == file.groups.end() ? std::map<std::string, Group>() : found->second.groups;
}

bool starts_with(const std::string& text, const char* start) { return text.rfind(start, 0) == 0; }

}  // namespace

std::vector<Case> real_structure_cases(std::shared_ptr<const Group> file, const std::filesystem::path&) {
  std::vector<Case> cases;
  for (const auto& [name, group] : groups_in(*file, "statistics"))
    for (const char* what :
         {"clustering", "core", "degree", "distance", "laplacian_eigenvalues", "pagerank", "summary", "triangles"})
      if (group.has(what) || std::string(what) == "summary")
        cases.push_back({"statistics/" + name + "/" + what, [=, n = name](Comparison& c) {
                           const Group& statistics = file->group("statistics/" + n);
                           return statistic(what, graph_named(n, statistics), statistics, c);
                         }});
  for (const auto& [name, group] : groups_in(*file, "wl"))
    cases.push_back(
        {"wl/" + name, [=, n = name](Comparison& c) { return weisfeiler_lehman(file->group("wl/" + n), c); }});
  return cases;
}

std::vector<Case> diffusion_cases(std::shared_ptr<const Group> file, const std::filesystem::path&) {
  std::vector<Case> cases;
  if (!file->groups.contains("diffusion")) return cases;
  for (const auto& [name, array] : file->group("diffusion").arrays)
    if (name != "edge_index")
      cases.push_back(
          {"diffusion/" + name, [=, n = name](Comparison& c) {
             const Group& g = file->group("diffusion");
             const auto ends = g.array("edge_index").as<NodeId>();
             std::vector<Edge> edges;
             for (std::size_t e = 0; e < ends.size() / 2; ++e) edges.push_back({ends[e], ends[e + ends.size() / 2]});
             const Array& expected = g.array(n);
             const Graph graph = build_graph(NodeId(expected.shape[0]), edges);
             const Sparse& a = graph.propagation();
             const double t = n == "normalized_adjacency" ? 0 : number_in(n);
             if (starts_with(n, "normalized")) c.forward(n, Features(a).as_dense(), expected);
             if (starts_with(n, "ppr")) c.forward(n, pagerank_diffusion(a, t), expected);
             if (starts_with(n, "heat_t")) c.forward(n, heat_diffusion(a, t), expected);
             if (starts_with(n, "heat_e"))
               c.forward(n, heat_diffusion_by_entries(graph.propagation({.norm = Norm::row}).transpose(), t), expected);
             return c.values > 0;
           }});
  return cases;
}

std::vector<Case> restart_cases(std::shared_ptr<const Group> file, const std::filesystem::path&) {
  std::vector<Case> cases;
  for (const auto& [name, array] : file->arrays)
    if (starts_with(name, "ppr_") || starts_with(name, "rwr_") || starts_with(name, "pagerank_"))
      cases.push_back(
          {name, [=, n = name](Comparison& c) {
             const Array& adjacency = file->array("adjacency");
             const Graph graph(Features(adjacency.matrix()).as_sparse());
             const bool symmetric = starts_with(n, "ppr_symmetric");
             const Sparse& a =
                 graph.propagation({.norm = symmetric ? Norm::symmetric : Norm::row, .loops = Loops::as_given});
             if (starts_with(n, "pagerank_"))
               numbers(c, n, pagerank(graph, {.damping = number_in(n), .tolerance = 1e-14}), file->array(n));
             else
               c.forward(n, pagerank_diffusion(a, number_in(n)), file->array(n));
             return true;
           }});
  return cases;
}

}  // namespace pfm::parity
