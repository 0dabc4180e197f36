// The catalogue: the methods of all domains in one list, found by id.
#pragma once
#include <pfm/selfsup/method.h>

namespace pfm {

struct CatalogueEntry {
  const Method* method;
  std::string domain;  // graph, nlp, vision, ...
};
const std::vector<CatalogueEntry>& catalogue();

const Method& method_named(const std::string& id);  // Error (usage): unknown, with the nearest one

// Every option the method asks, with the given values in place. Asked on the smallest built-in data set of the
// method's domain: a method asks before it looks at the data. Where it has other defaults for many graphs than for one,
// those for one, unless it is said that there are `many` or the method takes nothing else. Error (usage): unknown
// names, values that do not read.
std::vector<Options::Asked> options_of(const Method& method, const Options::Values& given, bool many = false);

}  // namespace pfm
