// The named store of everything that changes during training.
#pragma once
#include <pfm/kernels/random.h>
#include <pfm/nn/tape.h>

#include <map>
#include <string>

namespace pfm {

// Weights, and also moments, averages, queues and counters. Names are the checkpoint's paths: "encoder.weight". Copies
// share. A parameter's start is a function of (seed, name), not of the order in which parameters are made. Asking again
// for a name gives the same parameter; its shape must agree.
class Params {
 public:
  struct Entry {
    Var var;
    bool trainable;
  };
  using Entries = std::map<std::string, Entry>;

  explicit Params(Rng rng = Rng(0));
  Params operator/(const std::string& scope) const;  // the same store, names below "scope."
  Params whole() const;                              // the same store without a scope

  Var glorot(const std::string& name, Offset in, Offset out) const;  // [in, out], uniform +-sqrt(6 / (in + out))
  Var uniform(const std::string& name, Offset rows, Offset cols, double bound) const;
  Var normal(const std::string& name, Offset rows, Offset cols, double deviation) const;
  Var constant(const std::string& name, Offset rows, Offset cols, double value) const;
  Var state(const std::string& name, Offset rows, Offset cols,
            double value = 0) const;  // not trained, saved all the same

  bool has(const std::string& name) const;
  Var at(const std::string& name) const;        // a missing name is a broken expectation
  Entries& entries() const;                     // of the whole store, by full name
  std::vector<std::string> trainable() const;   // full names, below this scope
  void freeze(const std::string& scope) const;  // no longer trained: every name that starts with it
  Offset count() const;                         // trainable numbers
  void clear_grads() const;
  Rng rng() const;

 private:
  struct Store;
  template <class Fill>
  Var make(const std::string& name, Offset rows, Offset cols, bool trainable, Fill fill) const;
  std::shared_ptr<Store> store_;
  std::string scope_;
};

}  // namespace pfm
