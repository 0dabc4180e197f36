// pfm validate FILE.h5: whether a file keeps every promise of its format.
#include <fmt/format.h>
#include <pfm/cli/output.h>
#include <pfm/cli/verbs.h>
#include <pfm/io/validate.h>

namespace pfm {

int validate(const Arguments& arguments) {
  std::string text = arguments.words[0] + " is valid\n";
  for (const io::Checked& c : io::validate(arguments.words[0])) text += fmt::format("  {:<10} {}\n", c.what, c.found);
  return put(text), 0;
}

}  // namespace pfm
