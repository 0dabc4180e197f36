// pfm synth KIND -o DATA.h5: random and regular graphs.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pfm/cli/output.h>
#include <pfm/cli/synth.h>
#include <pfm/cli/verbs.h>
#include <pfm/graph/generators.h>
#include <pfm/io/dataset.h>
#include <pfm/kernels/error.h>

#include <algorithm>
#include <limits>

namespace pfm {
namespace {

constexpr std::int64_t most_nodes = std::numeric_limits<NodeId>::max() - 1;

struct Drawn {
  EdgeBlocks edges;
  std::vector<std::int32_t> classes = {};  // of the nodes, or empty
};

struct Kind {
  const char* name;
  const char* about;
  std::vector<std::string> options;  // beside --directed; with --seed where something is drawn
  Drawn (*draw)(const Arguments& arguments, Rng rng);
};

std::int64_t whole(const Arguments& a, const char* name, std::int64_t least, std::int64_t most = most_nodes) {
  a.needed(name);
  return a.whole(name, least, least, most);
}

NodeId nodes(const Arguments& a, const char* name = "nodes") { return NodeId(whole(a, name, 1)); }

Drawn draw_rmat(const Arguments& a, Rng rng) {
  const auto scale = int(whole(a, "scale", 0, 30));
  const std::int64_t factor = a.whole("edge-factor", 16, 0, std::numeric_limits<NodeId>::max());
  return {rmat({.scale = scale, .edges = factor << scale}, rng)};
}

Drawn draw_block_model(const Arguments& a, Rng rng) {
  const NodeId n = nodes(a);
  const auto blocks = NodeId(whole(a, "blocks", 1, n));
  BlockModelRules rules{.within = a.share("within"), .between = a.share("between"), .directed = a.has("directed")};
  Drawn drawn;
  for (NodeId b = 0; b < blocks; ++b) {
    rules.sizes.push_back(n / blocks + (b < n % blocks));
    drawn.classes.insert(drawn.classes.end(), rules.sizes.back(), b);
  }
  drawn.edges = block_model(rules, rng);
  return drawn;
}

Drawn draw_erdos_renyi(const Arguments& a, Rng rng) {
  const NodeId n = nodes(a);
  const bool directed = a.has("directed");
  if (a.has("edges") == a.has("probability"))
    throw Error(Fault::usage, "synth erdos-renyi: expected one of --edges and --probability");
  if (a.has("probability")) return {gilbert(n, a.share("probability"), directed, rng)};
  return {erdos_renyi(n, whole(a, "edges", 0, Offset(n) * (n - 1) / (directed ? 1 : 2)), directed, rng)};
}

Drawn draw_barabasi_albert(const Arguments& a, Rng rng) { return {barabasi_albert(nodes(a), nodes(a, "degree"), rng)}; }

Drawn draw_watts_strogatz(const Arguments& a, Rng rng) {
  const NodeId n = nodes(a);
  const auto degree = NodeId(whole(a, "degree", 0, n - 1));
  if (degree % 2 != 0) throw Error(Fault::usage, fmt::format("--degree: expected an even number, got {}", degree));
  return {watts_strogatz(n, degree, a.share("rewire"), rng)};
}

Drawn draw_grid(const Arguments& a, Rng) {
  const NodeId height = nodes(a, "height");
  return {grid(height, NodeId(whole(a, "width", 1, most_nodes / height)), a.has("torus"))};
}

Drawn draw_ring(const Arguments& a, Rng) { return {ring(nodes(a))}; }

Drawn draw_tree(const Arguments& a, Rng) {
  const auto depth = NodeId(whole(a, "depth", 0));
  const NodeId branching = nodes(a, "branching");
  if (tree_nodes(branching, depth) < 0)
    throw Error(Fault::usage, "synth tree: more nodes than 32-bit ids can name; a smaller --depth or --branching");
  return {tree(branching, depth)};
}

Drawn draw_random_tree(const Arguments& a, Rng rng) { return {random_tree(nodes(a), rng)}; }

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all{
      {"rmat",
       "R-MAT with Graph500's probabilities: 2^SCALE nodes, FACTOR (16) times as many draws",
       {"scale", "edge-factor", "seed"},
       draw_rmat},
      {"block-model",
       "communities of equal size, which become the classes; pairs are edges by --within or --between",
       {"nodes", "blocks", "within", "between", "seed"},
       draw_block_model},
      {"erdos-renyi",
       "every pair with --probability, or a number of --edges",
       {"nodes", "edges", "probability", "seed"},
       draw_erdos_renyi},
      {"barabasi-albert",
       "every new node has --degree edges, to earlier ones in proportion to their degrees",
       {"nodes", "degree", "seed"},
       draw_barabasi_albert},
      {"watts-strogatz",
       "a ring of --degree nearest neighbours, each edge moved with probability --rewire",
       {"nodes", "degree", "rewire", "seed"},
       draw_watts_strogatz},
      {"grid", "rows and columns, closed with --torus", {"height", "width", "torus"}, draw_grid},
      {"ring", "from each node to the next", {"nodes"}, draw_ring},
      {"tree", "every node above the last level has --branching children", {"branching", "depth"}, draw_tree},
      {"random-tree", "the parent of a node is any earlier one", {"nodes", "seed"}, draw_random_tree},
  };
  return all;
}

const Kind& kind_named(const std::string& name) {
  std::vector<std::string> known;
  for (const Kind& kind : kinds()) {
    if (kind.name == name) return kind;
    known.emplace_back(kind.name);
  }
  throw Error(Fault::usage, unknown_word("kind", name, known));
}

// The canonical command; options of other kinds are refused.
std::string command_of(const Kind& kind, const Arguments& arguments) {
  for (const std::string& option : synth_options())
    if (arguments.has(option) && std::ranges::find(kind.options, option) == kind.options.end())
      throw Error(Fault::usage, fmt::format("synth {}: --{} means nothing for this kind; it has --{}, --directed",
                                            kind.name, option, fmt::join(kind.options, ", --")));
  std::string command = fmt::format("pfm synth {}", kind.name);
  for (const std::string& option : kind.options)
    if (option == "torus")
      command += arguments.has(option) ? " --torus" : "";
    else if (option == "seed")
      command += fmt::format(" --seed {}", arguments.whole("seed", 0, 0));
    else if (arguments.has(option))
      command += fmt::format(" --{} {}", option, *arguments.text(option));
  return command + (arguments.has("directed") ? " --directed" : "");
}

}  // namespace

std::vector<std::string> synth_options() {
  std::vector<std::string> options;
  for (const Kind& kind : kinds())
    for (const std::string& option : kind.options)
      if (std::ranges::find(options, option) == options.end()) options.push_back(option);
  return options;
}

std::string synth_kinds() {
  std::string names;
  for (const Kind& kind : kinds()) names += fmt::format("{}{}", names.empty() ? "" : ", ", kind.name);
  return names;
}

std::string synth_help() {
  std::string text = "\nkinds, each with its options; --directed keeps every edge in the direction it was drawn in\n";
  for (const Kind& kind : kinds())
    text += fmt::format("  {:<16} {}\n  {:<16} --{}\n", kind.name, kind.about, "", fmt::join(kind.options, " --"));
  return text + "\nexample: pfm synth rmat --scale 16 -o rmat.h5\n";
}

int synth(const Arguments& arguments) {
  const Kind& kind = kind_named(arguments.words[0]);
  const std::string output = arguments.needed("output");
  if (!output.ends_with(".h5"))
    throw Error(Fault::usage, fmt::format("--output: expected a name that ends in .h5, got \"{}\"", output));
  const std::string command = command_of(kind, arguments);
  const bool directed = arguments.has("directed");
  Drawn drawn = kind.draw(arguments, Rng(std::uint64_t(arguments.whole("seed", 0, 0))));
  Dataset data;
  data.name = kind.name;
  data.all.graph = graph_of(drawn.edges, directed);
  data.all.x = Features::identity(data.nodes());
  data.targets.classes = std::move(drawn.classes);
  data.task = data.targets.classes.empty() ? Task::link : Task::node;
  io::write_dataset(output, data, {.command = command, .sources = {}},
                    arguments.has("archive") ? io::Layout::archive : io::Layout::mapped);
  put(fmt::format("{}\n  nodes              {}\n  edges              {}{}\nwrote {}\n", kind.name, data.nodes(),
                  data.all.graph.edges(), directed ? "" : " (each undirected one twice)", output));
  return 0;
}

}  // namespace pfm
