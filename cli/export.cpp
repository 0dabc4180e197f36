// pfm export FORMAT DATA OUT: the graph of a data set in another program's format.
#include <fmt/format.h>
#include <pfm/cli/data.h>
#include <pfm/cli/export_model.h>
#include <pfm/cli/format.h>
#include <pfm/cli/output.h>
#include <pfm/cli/verbs.h>
#include <pfm/kernels/error.h>

namespace pfm {
namespace {

bool has_word(const char* words, const std::string& word) {
  return fmt::format(" {} ", words).find(fmt::format(" {} ", word)) != std::string::npos;
}

Offset isolated(const Graph& graph) {
  Offset count = 0;
  for (NodeId v = 0; v < graph.nodes(); ++v)
    count += graph.adjacency().columns(v).empty() && graph.incoming().columns(v).empty();
  return count;
}

// What the data set has and the format does not hold.
std::vector<std::string> left_out(const Dataset& data, const char* holds) {
  std::vector<std::string> what;
  auto add = [&](bool present, const std::string& name) {
    if (present) what.push_back(name);
  };
  const Targets& targets = data.targets;
  add(!has_word(holds, "direction") && !data.all.graph.undirected(), "the direction of edges");
  if (!has_word(holds, "isolated"))
    if (const Offset alone = isolated(data.all.graph)) what.push_back(fmt::format("{} nodes without edges", alone));
  add(!has_word(holds, "names") && !data.names.empty(), "names");
  add(!has_word(holds, "features") && !data.all.x.is_identity(), "features");
  add(!data.all.graph.edge_attributes().empty(), "attributes of edges");
  add(!data.all.graph.edge_types().empty() || !data.types.empty(), "types");
  add(data.graphs() > 1, "which graph a node belongs to");
  add(!targets.classes.empty() && (!has_word(holds, "classes") || data.graphs() > 1), "classes");
  add(!has_word(holds, "label-sets") && targets.label_sets.rows() > 0, "label sets");
  add(!has_word(holds, "reals") && targets.reals != nullptr, "targets");
  add(!targets.pairs.empty(), "facts");
  add(!has_word(holds, "splits") && !data.splits.empty(), "splits");
  add(!data.folds.empty(), "folds");
  add(!data.metapaths.empty(), "meta-paths");
  add(!has_word(holds, "texts") && !data.texts.empty(), "texts");
  return what;
}

}  // namespace

int export_data(const Arguments& arguments) {
  if (arguments.words[0] == model_format) return export_model(arguments);
  const io::Format& format = format_to_write(arguments.words[0]);
  const std::string& output = arguments.words[2];
  const char* holds = format.writes == nullptr ? "" : format.writes;
  if (arguments.has("both") && !has_word(holds, "both"))
    throw Error(Fault::usage, fmt::format("export {}: --both means nothing for this format", format.id));
  if (output.ends_with(".gz"))
    throw Error(Fault::usage, fmt::format("export: {} would not be compressed; write plain text and use gzip", output));
  Monitor monitor(arguments);
  const Dataset data = open_data(arguments.words[1], monitor);
  format.write(output, data, {.both = arguments.has("both")});
  if (format.writes != nullptr)
    if (const auto what = left_out(data, holds); !what.empty())
      monitor.say(fmt::format("{} does not hold {}", format.id, fmt::join(what, ", ")));
  put(fmt::format("wrote {}\n", output));
  return 0;
}

}  // namespace pfm
