// pfm methods [DOMAIN]: the catalogue.
#include <fmt/format.h>
#include <pfm/cli/catalogue.h>
#include <pfm/cli/output.h>
#include <pfm/cli/verbs.h>
#include <pfm/kernels/error.h>

#include <algorithm>

namespace pfm {

int methods(const Arguments& arguments) {
  std::vector<std::string> domains;
  for (const CatalogueEntry& entry : catalogue())
    if (std::ranges::find(domains, entry.domain) == domains.end()) domains.push_back(entry.domain);
  const std::string only = arguments.words.empty() ? "" : arguments.words[0];
  if (!only.empty() && std::ranges::find(domains, only) == domains.end())
    throw Error(Fault::usage, unknown_word("domain", only, domains));
  constexpr auto row = "{:<18}{:<32}{:<9}{:<14}{}\n";
  std::string text = fmt::format(row, "id", "name", "domain", "paper", "checked against");
  for (const auto& [method, domain, checked] : catalogue())
    if (only.empty() || domain == only)
      text += fmt::format(row, method->id, method->name, domain, method->paper, checked.empty() ? "-" : checked);
  put(text);
  return 0;
}

}  // namespace pfm
