// What a reader of folders has no use for: it says so, for a file with a name of another kind is easily lost.
#pragma once
#include <pfm/io/formats.h>

namespace pfm::io {

// Tells rules.note how many `names` of `where` were passed over, and the first of them; nothing where there are none.
void say_passed_over(const ReadRules& rules, const std::filesystem::path& where, std::vector<std::string> names);

// The names of the files in `folder` itself that are not in `taken`.
std::vector<std::string> names_beside(const std::filesystem::path& folder,
                                      std::span<const std::filesystem::path> taken);

}  // namespace pfm::io
