// How things fail. The user's fault is an exception with a text that says where, what was expected, what came and what
// to do next; a fault of the calling program is a broken expectation.
#pragma once
#include <stdexcept>
#include <string>

namespace pfm {

// Whose fault it is; the command line turns it into its exit code.
enum class Fault {
  usage,    // the words of a command or an option
  input,    // a file or a data set is missing, wrong or not usable
  memory,   // the stated memory limit does not suffice
  writing,  // a result could not be written
};

class Error : public std::runtime_error {
 public:
  Error(Fault whose, const std::string& text) : std::runtime_error(text), fault(whose) {}
  Fault fault;
};

// Throws std::logic_error naming the place of the call unless `holds`: shapes and orders that a caller must keep.
// (Clang 14 has these two builtins, but not std::source_location.)
inline void expect(bool holds, const char* what, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
  if (!holds) [[unlikely]]
    throw std::logic_error(std::string(file) + ":" + std::to_string(line) + ": " + what);
}

}  // namespace pfm
