#include <pfm/cli/arguments.h>
#include <pfm/cli/catalogue.h>
#include <pfm/io/builtin.h>
#include <pfm/kernels/error.h>
#include <pfm/nlp/methods/methods.h>
#include <pfm/vision/methods/methods.h>

#include <algorithm>

namespace pfm {

const std::vector<CatalogueEntry>& catalogue() {
  static const std::vector<CatalogueEntry> all = [] {
    std::vector<CatalogueEntry> entries;
    for (const Method& m : graph_methods()) entries.push_back({&m, "graph"});
    for (const Method& m : text_methods()) entries.push_back({&m, "nlp"});
    for (const Method& m : vision_methods()) entries.push_back({&m, "vision"});
    return entries;
  }();
  return all;
}

const Method& method_named(const std::string& id) {
  std::vector<std::string> known;
  for (const CatalogueEntry& entry : catalogue()) {
    if (entry.method->id == id) return *entry.method;
    known.push_back(entry.method->id);
  }
  throw Error(Fault::usage, unknown_word("method", id, known));
}

// Whether the method took the data; it may lack what the method needs, but not before the options are asked.
static bool took(const Method& method, const Dataset& data, const Options& options) try {
  method.make(data, options);
  return true;
} catch (const Error& error) {
  if (error.fault != Fault::input || options.asked().empty()) throw;
  return false;
}

static std::string domain_of(const Method& method) {
  const auto found = std::ranges::find(catalogue(), method.id, [](const CatalogueEntry& e) { return e.method->id; });
  return found == catalogue().end() ? "graph" : found->domain;
}

// A graph that any method of one graph takes.
static Dataset karate_with_features() {
  Dataset data = io::builtin("karate");
  data.all.x = Features(data.all.x.as_dense());  // a column for each node, but as features
  return data;
}

std::vector<Options::Asked> options_of(const Method& method, const Options::Values& given, bool many) {
  static const Dataset one_graph = karate_with_features(), graphs = io::builtin("mutag"),
                       images = io::builtin("digits");
  Options options(Rng(0), given);
  if (domain_of(method) == "vision") {
    took(method, images, options);
    options.refuse_unknown();
    return options.asked();
  }
  if (many || !took(method, one_graph, options)) {
    Options of_graphs(Rng(0), given);
    if (took(method, graphs, of_graphs) || many) options = of_graphs;
  }
  options.refuse_unknown();
  return options.asked();
}

}  // namespace pfm
