// pfm methods [DOMAIN]: the catalogue.
#include <fmt/format.h>
#include <pfm/cli/catalogue.h>
#include <pfm/cli/checked.h>
#include <pfm/cli/output.h>
#include <pfm/cli/verbs.h>
#include <pfm/kernels/error.h>

#include <algorithm>

namespace pfm {

static std::string checked_against(const std::string& method) {
  std::string text;
  for (const Checked& c : checked())
    if (c.method == method)
      text += fmt::format("{}{} {} {:.2f} ({}): {}", text.empty() ? "" : "; ", c.data, c.protocol, c.mean,
                          c.published.value, c.verdict);
  return text.empty() ? "-" : text;
}

int methods(const Arguments& arguments) {
  std::vector<std::string> domains;
  for (const CatalogueEntry& entry : catalogue())
    if (std::ranges::find(domains, entry.domain) == domains.end()) domains.push_back(entry.domain);
  const std::string only = arguments.words.empty() ? "" : arguments.words[0];
  if (!only.empty() && std::ranges::find(domains, only) == domains.end())
    throw Error(Fault::usage, unknown_word("domain", only, domains));
  constexpr auto row = "{:<18}{:<32}{:<9}{:<14}{}\n";
  std::string text = fmt::format(row, "id", "name", "domain", "paper", "checked against");
  for (const auto& [method, domain] : catalogue())
    if (only.empty() || domain == only)
      text += fmt::format(row, method->id, method->name, domain, method->paper, checked_against(method->id));
  put(text);
  return 0;
}

}  // namespace pfm
