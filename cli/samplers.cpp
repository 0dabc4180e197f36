#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pfm/cli/samplers.h>
#include <pfm/graph/partition.h>
#include <pfm/kernels/error.h>
#include <pfm/sampling/cluster_batches.h>
#include <pfm/sampling/ego_nets.h>
#include <pfm/sampling/neighbourhood.h>
#include <pfm/sampling/pagerank_subgraphs.h>
#include <pfm/sampling/restart_subgraphs.h>
#include <pfm/sampling/saint.h>
#include <pfm/sampling/shadow.h>

#include <algorithm>
#include <charconv>
#include <numeric>

namespace pfm {
namespace {

// "15,10,5"
std::vector<Offset> fanouts(const std::string& text) {
  std::vector<Offset> all;
  const char *at = text.data(), *end = at + text.size();
  for (;; ++at) {
    Offset value = 0;
    const auto [after, error] = std::from_chars(at, end, value);
    if (error != std::errc() || (after != end && *after != ','))
      throw Error(Fault::usage,
                  fmt::format("--fanouts: expected whole numbers such as 15,10,5, a hop each, got \"{}\"", text));
    all.push_back(value);
    if (after == end) return all;
    at = after;
  }
}

std::int32_t relation(const Types& types, const std::string& name) {
  std::vector<std::string> known;
  for (const Types::Relation& r : types.relations) known.push_back(r.name);
  const auto found = std::ranges::find(known, name);
  if (found == known.end()) throw Error(Fault::usage, "--fanouts: " + unknown_word("kind of edges", name, known));
  return std::int32_t(found - known.begin());
}

NeighbourRules neighbour_rules(const Arguments& a, const Types& types) {
  using Draw = NeighbourRules::Draw;
  NeighbourRules rules{.weighted = a.has("by-weight")};
  if (a.has("replace") && a.has("labor"))
    throw Error(Fault::usage, "--replace: LABOR-0 takes an edge once or not, leave one of the two out");
  if (a.has("replace")) rules.draw = Draw::repeated;
  if (a.has("labor")) rules.draw = Draw::labor;
  a.needed("fanouts");
  for (const std::string& word : a.all("fanouts")) {
    const std::size_t name = word.find('=');
    if (name == std::string::npos)
      rules.fanouts = fanouts(word);
    else
      rules.of_type[relation(types, word.substr(0, name))] = fanouts(word.substr(name + 1));
  }
  return rules;
}

// Of --batch seeds in random order.
template <class Sample>
MiniBatches around_nodes(const Arguments& a, const Dataset& data, Sample sample) {
  std::vector<NodeId> seeds(std::size_t(data.nodes()));
  std::iota(seeds.begin(), seeds.end(), NodeId{0});
  return in_random_order(std::move(seeds), a.whole("batch", 1024, 1), std::move(sample));
}

template <class Sampler>
MiniBatches around_nodes_by(const Arguments& a, const Dataset& data, Sampler sampler) {
  return around_nodes(a, data, [sampler = std::move(sampler)](std::span<const NodeId> seeds, const Rng& rng) {
    return sampler.sample(seeds, rng);
  });
}

MiniBatches neighbours(const Arguments& a, const Dataset& data) {
  return around_nodes_by(a, data, NeighbourSampler(data.all, neighbour_rules(a, data.types)));
}

MiniBatches ego(const Arguments& a, const Dataset& data) {
  return around_nodes_by(a, data,
                         EgoNets(Subgraphs(data.all), {.hops = a.whole("hops", 2, 0), .most = a.whole("nodes", 0, 1)}));
}

MiniBatches restart(const Arguments& a, const Dataset& data) {
  return around_nodes_by(a, data,
                         RestartSubgraphs(Subgraphs(data.all), {.restart = a.number("restart", 0.8),
                                                                .steps = a.whole("length", 256, 1, 1 << 24),
                                                                .most = a.whole("nodes", 0, 1),
                                                                .weighted = !a.has("unweighted")}));
}

MiniBatches pagerank(const Arguments& a, const Dataset& data) {
  const PagerankRules rules{.count = a.whole("nodes", 20, 1), .alpha = a.number("restart", 0.15)};
  return around_nodes(a, data, [=, all = Subgraphs(data.all)](std::span<const NodeId> seeds, const Rng&) {
    return ranked_subgraphs(all, seeds, ranked_by_pagerank(all.all().graph, seeds, rules));
  });
}

MiniBatches shadow(const Arguments& a, const Dataset& data) {
  return around_nodes_by(
      a, data, Shadow(Subgraphs(data.all), {.fanouts = fanouts(a.needed("fanouts")), .weighted = a.has("by-weight")}));
}

MiniBatches cluster(const Arguments& a, const Dataset& data) {
  a.needed("parts");
  const auto parts = std::int32_t(a.whole("parts", 1, 1, data.nodes()));
  if (!data.all.graph.undirected())
    throw Error(Fault::input,
                fmt::format("{}: clusters are cut out of undirected graphs, this one is directed", data.name));
  const auto seed = std::int32_t(a.whole("seed", 0, 0) % (1 << 30));
  return cluster_batches(data.all, partition_metis(data.all.graph, parts, seed), a.whole("batch", 1, 1));
}

// A pass: as many draws as there are nodes.
MiniBatches saint(const Arguments& a, const Dataset& data, SaintRules::Draw draw) {
  const Offset budget = a.whole("batch", 1024, 1);
  const SaintSampler sampler(data.all, {.draw = draw, .budget = budget, .length = a.whole("length", 2, 1, 1 << 24)});
  return {(data.nodes() + budget - 1) / budget, [=](const Rng& rng) -> std::function<Batch(Offset)> {
            return [=](Offset b) { return sampler.sample(rng.split(std::uint64_t(b))); };
          }};
}

struct Row {
  const char* name;
  const char* about;
  std::vector<std::string> options;
  MiniBatches (*make)(const Arguments& arguments, const Dataset& data);
};

const std::vector<Row>& samplers() {
  using Draw = SaintRules::Draw;
  static const std::vector<Row> all{
      {"neighbours",
       "chosen edges into the seeds, hop by hop, into one graph",
       {"fanouts", "batch", "replace", "labor", "by-weight"},
       neighbours},
      {"ego", "around each seed all within --hops (2), at most --nodes (all)", {"hops", "nodes", "batch"}, ego},
      {"rwr",
       "around each seed what a walk of --length (256) steps with --restart (0.8) meets, at most --nodes (all)",
       {"restart", "length", "nodes", "unweighted", "batch"},
       restart},
      {"ppr",
       "around each seed the --nodes (20) of highest personalised PageRank, --restart (0.15)",
       {"nodes", "restart", "batch"},
       pagerank},
      {"shadow",
       "around each seed what chosen edges reach, with all edges among it (ShaDow)",
       {"fanouts", "by-weight", "batch"},
       shadow},
      {"cluster", "METIS cuts --parts, --batch (1) of them are joined (Cluster-GCN)", {"parts", "batch"}, cluster},
      {"saint-node",
       "--batch nodes drawn by the squared length of their column in D^-1 A (GraphSAINT)",
       {"batch"},
       [](const Arguments& a, const Dataset& data) { return saint(a, data, Draw::nodes); }},
      {"saint-edge",
       "--batch edges drawn in proportion to 1 / deg(u) + 1 / deg(v) (GraphSAINT)",
       {"batch"},
       [](const Arguments& a, const Dataset& data) { return saint(a, data, Draw::edges); }},
      {"saint-walk",
       "walks of --length (2) steps from --batch roots (GraphSAINT)",
       {"length", "batch"},
       [](const Arguments& a, const Dataset& data) { return saint(a, data, Draw::walks); }},
  };
  return all;
}

const Row& sampler_named(const std::string& name) {
  std::vector<std::string> known;
  for (const Row& row : samplers()) {
    if (row.name == name) return row;
    known.emplace_back(row.name);
  }
  throw Error(Fault::usage, "--sampler: " + unknown_word("sampler", name, known));
}

}  // namespace

MiniBatches batches_from(const Arguments& arguments, const Dataset& data) {
  const Row& row = sampler_named(arguments.text("sampler").value_or("neighbours"));
  for (const std::string& option : sampler_options())
    if (arguments.has(option) && std::ranges::find(row.options, option) == row.options.end())
      throw Error(Fault::usage, fmt::format("sample: --{} means nothing for {}; it has --{}", option, row.name,
                                            fmt::join(row.options, ", --")));
  return row.make(arguments, data);
}

std::vector<std::string> sampler_options() {
  std::vector<std::string> options;
  for (const Row& row : samplers())
    for (const std::string& option : row.options)
      if (std::ranges::find(options, option) == options.end()) options.push_back(option);
  return options;
}

std::string sampler_help() {
  std::string text = "\nsamplers, each with its options; without --sampler neighbours\n";
  for (const Row& row : samplers())
    text += fmt::format("  {:<11} {}\n  {:<11} --{}\n", row.name, row.about, "", fmt::join(row.options, " --"));
  return text + "\nexample: pfm sample cora --sampler shadow --fanouts 10,10\n";
}

}  // namespace pfm
