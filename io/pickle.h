// Python pickles (protocols 0 to 3) as data: a value tree, nothing imported, nothing called. Only the few opcodes and
// classes that Planetoid's files and the object arrays of .npz files use are known; everything else is refused by name.
#pragma once
#include <pfm/kernels/matrix.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace pfm::io::pickle {

struct Value;
using Ref = std::shared_ptr<Value>;

struct None {};
struct Sequence {  // list or tuple
  std::vector<Ref> items;
};
struct Dictionary {  // in the order of the file
  std::vector<std::pair<Ref, Ref>> items;
};
struct Global {      // a class or function of the whitelist
  std::string name;  // "module.name"
};
struct Object {  // what calling a global with arguments, and giving it a state, would have made
  std::string name;
  Ref arguments, state;
  Dictionary items;
};

// Strings are bytes as they stand: Latin-1 where Python 2 wrote them, UTF-8 where Python 3 did. Values may be shared;
// what lies in another value no longer changes, so there are no cycles.
struct Value {
  std::variant<None, bool, std::int64_t, double, std::string, Sequence, Dictionary, Global, Object> is;
  int depth = 0;        // of the values within
  bool sealed = false;  // lies in another value
};

// `name` stands before messages. Error(Fault::input) names the byte.
Ref parse(const std::string& name, std::string_view content);

// A numpy array: its shape and its numbers, row-major, as doubles (exact for every type accepted: integers up to 32
// bits, 64-bit ones below 2^53, floats).
struct Array {
  std::vector<Offset> shape;
  std::vector<double> values;
};
Array array(const std::string& name, const Value& value);

// The texts of a numpy array (S, U, or objects that are strings) or of a list; UTF-8.
std::vector<std::string> texts(const std::string& name, const Value& value);

// The one object of a numpy array without dimensions: what .npz files wrap everything in that is no array.
const Value& wrapped(const std::string& name, const Value& value);
// The value of a dictionary's key, or null.
const Value* item(const Value& dictionary, std::string_view key);

// scipy.sparse's csr_matrix, checked: offsets rise from 0 to the entries, columns in range, values finite.
struct Csr {
  Offset rows = 0, cols = 0;
  std::vector<Offset> offsets;
  std::vector<NodeId> columns;
  std::vector<double> values;
};
Csr csr(const std::string& name, const Value& value);

// A dictionary (or defaultdict) of node -> list of nodes, in the order of the file.
std::vector<std::pair<std::int64_t, std::vector<std::int64_t>>> adjacency(const std::string& name, const Value& value);

}  // namespace pfm::io::pickle
