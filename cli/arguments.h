// One command line, checked against the tables of verbs and options.
#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace pfm {

// A row of the one table that feeds parsing, --help and "did you mean".
struct OptionRow {
  std::string name, letter, value, about;  // letter: short form or ""; value: what it takes ("N"), "" for a switch
};
const std::vector<OptionRow>& option_table();

struct Arguments {
  std::vector<std::string> words;  // after the verb, in order
  std::vector<std::pair<std::string, std::string>> given;
  std::vector<std::string> line;  // the whole command as typed

  bool has(const std::string& name) const;
  std::optional<std::string> text(const std::string& name) const;  // the last one given
  std::vector<std::string> all(const std::string& name) const;
  // Error (usage): not a whole number, or out of [least, most].
  std::int64_t whole(const std::string& name, std::int64_t fallback, std::int64_t least,
                     std::int64_t most = std::numeric_limits<std::int64_t>::max()) const;
  double number(const std::string& name, double fallback) const;  // Error (usage): not a number
  double share(const std::string& name) const;         // in [0, 1]; Error (usage) where it is not or is not given
  std::string needed(const std::string& name) const;   // Error (usage) where it is not given
  std::uint64_t bytes(const std::string& name) const;  // "4G", "500M", "64K" or bytes; 0 where not given
};

struct Verb {
  std::string name, arguments, about;
  std::size_t least, most;           // words after the verb
  std::vector<std::string> options;  // of the table; the common ones are added
  int (*run)(const Arguments& arguments);
  std::string more = "";                              // of the help, after the options
  int (*plan)(const Arguments& arguments) = nullptr;  // says what `run` will take; null: nothing is said
};

// Error (usage) for unknown options, missing values and too few or too many words.
Arguments parse(const Verb& verb, int argc, const char* const* argv);

std::string help_text(const Verb& verb);

// The words so that a shell reads them as they are.
std::string shell_line(const std::vector<std::string>& words);

// The whole command for a record: the program is called pfm, wherever it stands on this machine.
std::string recorded_line(const Arguments& arguments);

// `word`, which is none of `known`, as an error text: unknown KIND "word", did you mean "x"? known: ...
std::string unknown_word(const std::string& kind, const std::string& word, const std::vector<std::string>& known);

}  // namespace pfm
