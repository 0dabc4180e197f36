// Golden files: an HDF5 file of plain arrays, read whole into values. For files that we made ourselves; data of users
// goes through io/.
#pragma once
#include <pfm/kernels/matrix.h>

#include <filesystem>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace pfm::fixture {

using Attributes = std::map<std::string, std::variant<double, std::string>>;

enum class Stored { f32, f64, integer };

struct Array {
  std::vector<Offset> shape;
  std::vector<double> values;
  Stored stored = Stored::f64;
  Attributes attributes = {};
  Offset size() const { return Offset(values.size()); }
  Matrix matrix() const;  // all axes but the last joined: [n, k]; a vector is one row [1, k]
  template <class T>
  std::vector<T> as() const {
    return {values.begin(), values.end()};
  }
};

struct Group {
  std::map<std::string, Group> groups;
  std::map<std::string, Array> arrays;
  Attributes attributes;

  // Paths like "f32/grad/x". Missing ones: has() is false, the others throw std::out_of_range naming the path.
  bool has(const std::string& path) const;  // an array
  const Array& array(const std::string& path) const;
  const Group& group(const std::string& path) const;
  double number(const std::string& attribute, double otherwise) const;
  std::string text(const std::string& attribute) const;  // "" when there is none
};

double number(const Attributes& attributes, const std::string& name, double otherwise);

Group read(const std::filesystem::path& file);

}  // namespace pfm::fixture
