#include <fmt/format.h>
#include <pfm/io/passed_over.h>
#include <pfm/io/text.h>

#include <algorithm>

namespace pfm::io {

namespace fs = std::filesystem;

void say_passed_over(const ReadRules& rules, const fs::path& where, std::vector<std::string> names) {
  constexpr std::size_t shown = 3;
  if (names.empty() || !rules.note) return;
  std::ranges::sort(names);
  const std::size_t count = names.size();
  names.resize(std::min(count, shown));
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + as_utf8(name);
  rules.note(fmt::format("{}: {} passed over: {}{}", where.string(), count, list, count > shown ? " and others" : ""));
}

std::vector<std::string> names_beside(const fs::path& folder, std::span<const fs::path> taken) {
  std::vector<std::string> names;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none))
    if (entry.is_regular_file(none) && std::ranges::find(taken, entry.path()) == taken.end())
      names.push_back(entry.path().filename().string());
  return names;
}

}  // namespace pfm::io
