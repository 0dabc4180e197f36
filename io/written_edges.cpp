#include <fmt/format.h>
#include <pfm/io/written_edges.h>

#include <string_view>
#include <unordered_set>

namespace pfm::io {

void refuse_repeated_names(const std::filesystem::path& path, const std::vector<std::string>& names) {
  std::unordered_set<std::string_view> seen;
  for (const std::string& name : names)
    if (!seen.insert(name).second)
      throw Error(Fault::input,
                  fmt::format("{}: two nodes are called '{}', expected different names; mtx holds a graph "
                              "without names",
                              path.string(), name));
}

}  // namespace pfm::io
