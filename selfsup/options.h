// The options of a method: asked by name with a default, recorded where they are asked.
#pragma once
#include <pfm/kernels/random.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace pfm {

constexpr std::string_view learned_prefix = "learned.";  // of the names of what is learned

// A method asks all its options first, into plain values. Copies share what was asked.
class Options {
 public:
  using Values = std::map<std::string, std::string>;
  struct Asked {
    std::string name, fallback, value;  // as text; numbers in their shortest exact form
    enum class Kind { number, integer, flag, word } kind;
  };

  explicit Options(Rng rng = Rng(0), Values given = {});

  // The given value, else `fallback`. A given value that does not read as the type is the user's error.
  double operator()(const std::string& name, double fallback) const;
  int operator()(const std::string& name, int fallback) const;
  bool operator()(const std::string& name, bool fallback) const;
  std::string operator()(const std::string& name, const char* fallback) const;

  // What is learned from the data before training and a trained model needs again, as text: a vocabulary. learn() is
  // called unless the value was given (as "learned.NAME") or learned before; a checkpoint keeps it beside the options.
  std::string learned(const std::string& name, const std::function<std::string()>& learn) const;
  const Values& learned() const;  // all that was

  const std::vector<Asked>& asked() const;  // in the order of asking
  void refuse_unknown() const;              // Error: a given name that nobody asked for, with the nearest one asked
  Rng rng;                                  // of this run: parameters and costly preparation draw from splits of it

 private:
  struct Shared;
  std::string take(const std::string& name, const std::string& fallback, Asked::Kind kind) const;
  std::shared_ptr<Shared> shared_;
};

// Asks for a chance or a share. Error(usage) unless from 0 to below 1.
double chance_from(const Options& options, const std::string& name, double fallback);

// The candidate with the fewest edits to `word` (Levenshtein), or "" when none is near.
std::string nearest_word(const std::string& word, const std::vector<std::string>& candidates);

}  // namespace pfm
