// pfm sample DATA: mini-batches over all nodes, one after the other, counted.
#include <fmt/format.h>
#include <pfm/cli/data.h>
#include <pfm/cli/json.h>
#include <pfm/cli/output.h>
#include <pfm/cli/samplers.h>
#include <pfm/cli/verbs.h>
#include <pfm/kernels/stopwatch.h>

#include <algorithm>
#include <numeric>

namespace pfm {
namespace {

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
  const MiniBatches batches = batches_from(arguments, data);
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
