// pfm sample DATA: sampled neighbourhoods of all nodes, batch after batch, counted.
#include <fmt/format.h>
#include <pfm/cli/data.h>
#include <pfm/cli/json.h>
#include <pfm/cli/output.h>
#include <pfm/cli/verbs.h>
#include <pfm/kernels/stopwatch.h>
#include <pfm/sampling/mini_batches.h>
#include <pfm/sampling/neighbourhood.h>

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

NeighbourRules rules_from(const Arguments& a, const Types& types) {
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

// Of batches [0, count) of one pass over the nodes.
Offset sampled_edges(const MiniBatches& batches, const Rng& rng, Offset count) {
  const auto make = batches.epoch(rng);
  std::vector<Offset> edges(static_cast<std::size_t>(count));
  parallel_blocks(count, [&](Offset b) { edges[std::size_t(b)] = make(b).graph.edges(); });
  return std::accumulate(edges.begin(), edges.end(), Offset{0});
}

}  // namespace

int sample(const Arguments& arguments) {
  Monitor monitor(arguments);
  const Dataset data = open_data(arguments.words[0], monitor);
  const Rng rng(std::uint64_t(arguments.whole("seed", 0, 0)));
  if (data.nodes() == 0) throw Error(Fault::input, fmt::format("{}: no nodes to sample around", data.name));
  std::vector<NodeId> from(std::size_t(data.nodes()));
  std::iota(from.begin(), from.end(), NodeId{0});
  const NeighbourSampler sampler(data.all, rules_from(arguments, data.types));
  const MiniBatches batches =
      in_random_order(std::move(from), arguments.whole("batch", 1024, 1),
                      [&](std::span<const NodeId> seeds, const Rng& draws) { return sampler.sample(seeds, draws); });
  const Offset a_pass = batches.an_epoch, count = arguments.whole("batches", a_pass, 1);
  const Stopwatch clock;
  Offset edges = 0;
  for (Offset done = 0; done < count; done += a_pass)
    edges += sampled_edges(batches, rng.split(std::uint64_t(done / a_pass)), std::min(a_pass, count - done));
  const double seconds = clock.seconds();
  const double rate = edges > 0 ? double(edges) / seconds : 0;
  const Json json{{"batches", count}, {"edges", edges}, {"seconds", seconds}, {"edges_per_second", rate}};
  put_result(arguments,
             fmt::format("{}\n  batches            {}\n  edges              {}\n  seconds            {:.3f}\n"
                         "  edges per second   {:.3g}\n",
                         data.name, count, edges, seconds, rate),
             dump(json));
  return 0;
}

}  // namespace pfm
