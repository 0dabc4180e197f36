// pfm info DATA: what is inside.
#include <fmt/format.h>
#include <pfm/cli/data.h>
#include <pfm/cli/json.h>
#include <pfm/cli/output.h>
#include <pfm/cli/verbs.h>
#include <pfm/graph/components.h>
#include <pfm/graph/degrees.h>
#include <pfm/graph/text_samples.h>

#include <algorithm>
#include <cmath>

namespace pfm {
namespace {

Offset feature_nonzeros(const Features& x) {
  if (x.is_sparse()) return x.sparse().nonzeros();
  if (x.is_identity()) return 0;  // no features
  return std::count_if(x.dense().data(), x.dense().data() + x.dense().size(), [](Real v) { return v != 0; });
}

Offset bytes_of(const Sparse& s) {
  const CsrView& a = s.view();
  return Offset(a.offsets.size_bytes() + a.columns.size_bytes() + a.values.size_bytes());
}

// Of the arrays in memory: adjacency, edge attributes, features.
Offset bytes_of(const Batch& batch) {
  Offset bytes = bytes_of(batch.graph.adjacency()) + batch.graph.edge_attributes().size() * Offset(sizeof(Real));
  if (batch.x.is_sparse()) bytes += bytes_of(batch.x.sparse());
  if (batch.x.is_dense()) bytes += batch.x.dense().size() * Offset(sizeof(Real));
  return bytes;
}

// What the main jobs take with 512 columns, about; `pfm plan` measures it. DGI holds five forms of its weights
// (value, gradient, two moments, the best ones) and nine of its rows (of both views, before and after each step,
// gradients).
Json jobs(const Dataset& data) {
  constexpr double width = 512, program = 21e6, real = sizeof(Real);
  const double inputs = double(bytes_of(data.all)), nodes = double(data.nodes()),
               columns = data.all.x.is_identity() ? 0 : double(data.all.x.cols());
  const double weights = (columns + width) * width * real, rows = nodes * width * real;
  const auto megabytes = [&](double bytes) { return std::round((program + inputs + bytes) / 1e5) / 10; };
  return {{"pretrain_dgi_mb", megabytes(5 * weights + 9 * rows)}, {"embed_mb", megabytes(weights + 3 * rows)}};
}

std::int32_t class_count(const Targets& targets) {
  if (targets.label_sets.rows() > 0) return std::int32_t(targets.label_sets.cols());
  return targets.classes.empty() ? 0 : targets.class_count();
}

std::int64_t edge_type_count(const Dataset& data) {
  if (!data.types.relations.empty()) return std::int64_t(data.types.relations.size());
  const auto types = data.all.graph.edge_types();
  return types.empty() ? 1 : 1 + *std::ranges::max_element(types);
}

// Of a data set whose samples are texts, beside what every one has.
void add_texts(Json& all, const Dataset& data) {
  std::int64_t characters = 0, lines = 0, longest = 0;
  for (const std::string& text : data.texts) {
    const std::int64_t here = character_count(text);
    characters += here, longest = std::max(longest, here);
    lines += 1 + std::ranges::count(text, '\n');
  }
  all["texts"] = data.texts.size();
  all["lines"] = lines;
  all["characters"] = characters;
  all["longest_text"] = longest;
}

Json statistics(const Dataset& data) {
  const Graph& graph = data.all.graph;
  const Degrees degree = degrees(graph);
  const Offset loops = graph.self_loops();
  const Offset pairs = graph.undirected() ? (graph.edges() - loops) / 2 : graph.pair_count();
  Json splits = Json::object();
  for (const auto& [name, ids] : data.splits) splits[name] = ids.size();
  Json all{{"graphs", data.graphs()},
           {"nodes", graph.nodes()},
           {"edges", graph.edges()},
           {"undirected_edges", pairs},
           {"self_loops", loops},
           {"features", data.all.x.is_identity() ? 0 : data.all.x.cols()},
           {"feature_nonzeros", feature_nonzeros(data.all.x)},
           {"classes", class_count(data.targets)},
           {"splits", splits},
           {"node_types", std::max<std::size_t>(1, data.types.nodes.size())},
           {"edge_types", edge_type_count(data)},
           {"components", components(graph).count},
           {"isolated", degree.isolated},
           {"degree", {{"min", degree.min}, {"mean", degree.mean}, {"max", degree.max}}},
           {"bytes", bytes_of(data.all)}};
  if (graph.edges() > 0) all["jobs"] = jobs(data);
  if (holds_texts(data)) add_texts(all, data);
  return all;
}

}  // namespace

std::string described(const Dataset& data) {
  std::string text = data.name + "\n";
  const Json all = statistics(data);
  for (const auto& [key, value] : all.items()) {
    std::string words = value.dump();
    if (value.is_object()) {
      words = value.empty() ? "none" : "";
      for (const auto& [part, number] : value.items())
        words += fmt::format("{}{} {:.6g}", words.empty() ? "" : ", ", part, number.get<double>());
    }
    std::string label = key;
    std::ranges::replace(label, '_', ' ');
    text += fmt::format("  {:<18} {}\n", label, words);
  }
  return text;
}

int info(const Arguments& arguments) {
  Monitor monitor(arguments);
  const Dataset data = open_data(arguments, 0, monitor);
  put_result(arguments, described(data), dump(statistics(data)));
  return 0;
}

}  // namespace pfm
