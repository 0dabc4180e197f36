// pfm walk DATA: random walks, written while they are sampled, or only counted.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pfm/cli/data.h>
#include <pfm/cli/json.h>
#include <pfm/cli/model.h>
#include <pfm/cli/output.h>
#include <pfm/cli/row_named.h>
#include <pfm/cli/verbs.h>
#include <pfm/graph/metapath.h>
#include <pfm/io/walk_file.h>
#include <pfm/kernels/stopwatch.h>
#include <pfm/sampling/walk_corpus.h>

#include <algorithm>
#include <numeric>

namespace pfm {
namespace {

constexpr Offset nodes_a_piece = Offset{1} << 22;  // what is in memory at a time

std::vector<std::string> parts(const std::string& text) {
  std::vector<std::string> all;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    all.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return all;
}

WalkRules rules_from(const Arguments& a, const Dataset& data) {
  WalkRules rules{.length = a.whole("length", 80, 1, 1 << 24),
                  .p = a.number("p", 1),
                  .q = a.number("q", 1),
                  .restart = a.number("restart", 0),
                  .backtrack = !a.has("no-backtrack"),
                  .weighted = !a.has("unweighted")};
  if (a.has("metapath")) rules.metapath = path_walk(data.types, *a.text("metapath")).edge_types;
  return rules;
}

std::vector<NodeId> starts_from(const Arguments& a, const Dataset& data, Rng rng) {
  const std::string from = a.text("from").value_or("all");
  NodeId first = 0, last = data.nodes();
  if (a.has("metapath")) {
    const std::int32_t type = path_walk(data.types, *a.text("metapath")).start;
    first = data.types.node_ptr[type], last = data.types.node_ptr[type + 1];
  }
  if (from == "stationary") return stationary_starts(data.all.graph, last - first, !a.has("unweighted"), rng);
  std::vector<NodeId> starts;
  if (from != "all") {
    for (const std::string& name : parts(from))
      starts.push_back(NodeId(row_named(name, data.names, data.nodes(), "--from")));
    return starts;
  }
  starts.resize(std::size_t(last - first));
  std::iota(starts.begin(), starts.end(), first);
  return starts;
}

// What the walks depend on and nothing else.
io::Provenance provenance(const Arguments& a, const Dataset& data) {
  std::string command = "pfm walk " + data_key(data);
  for (const char* option : {"length", "walks", "p", "q", "restart", "metapath", "from", "seed"})
    if (a.has(option)) command += fmt::format(" --{} {}", option, *a.text(option));
  for (const char* option : {"no-backtrack", "unweighted"})
    if (a.has(option)) command += fmt::format(" --{}", option);
  return {.command = command, .sources = {}};
}

// The walks of a corpus one piece after the other, and what was done.
class Sampled {
 public:
  Sampled(const WalkCorpus& corpus, Offset passes) : corpus_(corpus), passes_(passes) {}
  Offset walks() const { return passes_ * corpus_.walks_a_pass(); }
  bool ended() const { return pass_ == passes_; }
  std::span<const NodeId> next() {
    if (begin_ == 0) starts_ = corpus_.starts(pass_);
    const Offset row = corpus_.nodes_a_walk(), left = Offset(starts_.size()) - begin_;
    const Offset count = std::min(left, std::max<Offset>(1, nodes_a_piece / row));
    piece_.resize(std::size_t(count * row));
    const Stopwatch clock;
    corpus_.walk(pass_, starts_, begin_, piece_);
    seconds += clock.seconds();
    steps += std::ranges::count_if(piece_, [](NodeId u) { return u >= 0; }) - count;
    begin_ += count;
    if (begin_ == Offset(starts_.size())) begin_ = 0, ++pass_;
    return piece_;
  }
  double seconds = 0;
  Offset steps = 0;

 private:
  const WalkCorpus& corpus_;
  Offset passes_, pass_ = 0, begin_ = 0;
  std::vector<NodeId> starts_, piece_;
};

}  // namespace

int walk(const Arguments& arguments) {
  Monitor monitor(arguments);
  const Dataset data = open_data(arguments.words[0], monitor);
  const Rng rng(std::uint64_t(arguments.whole("seed", 0, 0)));
  const Offset passes = arguments.whole("walks", 10, 1, 1 << 30);
  std::vector<NodeId> from = starts_from(arguments, data, rng.split("starts"));
  if (from.empty()) throw Error(Fault::input, fmt::format("{}: no nodes to walk from", data.name));
  const WalkCorpus corpus(Walker(data.all.graph, rules_from(arguments, data)), std::move(from), rng);
  Sampled sampled(corpus, passes);
  const auto output = arguments.text("output");
  if (output)
    io::write_walks(
        *output, sampled.walks(), corpus.nodes_a_walk(), data.names, [&] { return sampled.next(); },
        provenance(arguments, data));
  else
    while (!sampled.ended()) sampled.next();
  const double rate = sampled.steps > 0 ? double(sampled.steps) / sampled.seconds : 0;
  const Json json{
      {"walks", sampled.walks()}, {"steps", sampled.steps}, {"seconds", sampled.seconds}, {"steps_per_second", rate}};
  put_result(arguments,
             fmt::format("{}\n  walks              {}\n  steps              {}\n  seconds            {:.3f}\n"
                         "  steps per second   {:.3g}\n{}",
                         data.name, sampled.walks(), sampled.steps, sampled.seconds, rate,
                         output ? fmt::format("wrote {}\n", *output) : ""),
             dump(json));
  return 0;
}

}  // namespace pfm
