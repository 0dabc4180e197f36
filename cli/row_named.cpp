#include <fmt/format.h>
#include <pfm/cli/row_named.h>
#include <pfm/kernels/error.h>
#include <pfm/selfsup/options.h>

#include <algorithm>
#include <charconv>

namespace pfm {

Offset row_named(const std::string& word, const std::vector<std::string>& names, Offset rows,
                 const std::string& where) {
  const auto named = std::ranges::find(names, word);
  if (named != names.end()) return named - names.begin();
  Offset row = -1;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), row);
  if (error == std::errc() && end == word.data() + word.size() && row >= 0 && row < rows) return row;
  const std::string near = nearest_word(word, names);
  throw Error(Fault::usage,
              fmt::format("{}: expected {}a row from 0 to {}, got \"{}\"{}", where, names.empty() ? "" : "a name or ",
                          rows - 1, word, near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near)));
}

}  // namespace pfm
