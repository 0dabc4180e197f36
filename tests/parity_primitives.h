// Single operations of primitives/, by the names that the file gives them.
#pragma once
#include <pfm/nn/tape.h>
#include <pfm/tests/parity.h>

#include <cmath>

namespace pfm::parity {

// How an array of the file lies in a matrix. rows: all axes but the last joined. transposed: [out, in] -> [in, out].
// channels: [b, c, ..] -> a row per pixel [b .., c]. column: one entry per row. kernel: [out, in, ..] -> [.. in, out].
enum class Layout { rows, transposed, channels, column, kernel };

fixture::Array arranged(const fixture::Array& a, Layout layout);

// One case: its arrays as variables, each asked for by the name that the file gives it.
struct Primitive {
  std::string called;  // the name of the case
  const fixture::Group& group;
  struct Leaf {
    std::string gradient;  // path below f32: "grad/x", "grad_param/weight"
    Var var;
    Layout layout;
  };
  std::vector<Leaf> leaves = {};
  std::vector<std::pair<std::string, Var>> after = {};  // state and where the file has what becomes of it
  Layout result = Layout::rows;

  Var input(const std::string& name, Layout layout = Layout::rows) { return leaf("input/", "grad/", name, layout); }
  Var param(const std::string& name, Layout layout = Layout::rows) {
    return leaf("param/", "grad_param/", name, layout);
  }
  Var state(const std::string& name) {
    after.emplace_back("after/" + name, Var(group.array("param/" + name).matrix()));
    return after.back().second;
  }
  template <class T>
  std::vector<T> numbers(const std::string& name) const {
    return group.array("input/" + name).as<T>();
  }
  Real option(const char* name, double otherwise = NAN) const { return Real(group.number(name, otherwise)); }

 private:
  Var leaf(const std::string& from, const std::string& to, const std::string& name, Layout layout) {
    leaves.push_back({to + name, Var(arranged(group.array(from + name), layout).matrix(), true), layout});
    return leaves.back().var;
  }
};

using Run = std::function<Var(Primitive&)>;

struct Named {
  const char* name;  // ends in _: the rest of the case's name is a number
  Run run;
};

// All that are known, by subject.
std::vector<Named> entry_primitives();  // activations, losses and what else works on entries and rows
std::vector<Named> layer_primitives();  // norms, maps, attention, recurrent layers
std::vector<Named> image_primitives();  // convolutions, pooling, sizes

}  // namespace pfm::parity
