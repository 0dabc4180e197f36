#include <pfm/cli/arguments.h>
#include <pfm/cli/catalogue.h>
#include <pfm/io/builtin.h>
#include <pfm/kernels/error.h>

namespace pfm {

const std::vector<CatalogueEntry>& catalogue() {
  static const std::vector<CatalogueEntry> all = [] {
    std::vector<CatalogueEntry> entries;
    for (const Method& m : graph_methods()) entries.push_back({&m, "graph"});
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

std::vector<Options::Asked> options_of(const Method& method, const Options::Values& given, bool many) {
  static const Dataset one_graph = io::builtin("karate"), graphs = io::builtin("mutag");
  Options options(Rng(0), given);
  if (many || !took(method, one_graph, options)) {
    Options of_graphs(Rng(0), given);
    if (took(method, graphs, of_graphs) || many) options = of_graphs;
  }
  options.refuse_unknown();
  return options.asked();
}

}  // namespace pfm
