#include <pfm/io/names_hdf5.h>

#include <charconv>

namespace pfm::io {

// Empty unless every name is a number written in the one usual way.
static std::vector<std::int64_t> numbers_of(std::span<const std::string> names) {
  std::vector<std::int64_t> numbers;
  numbers.reserve(names.size());
  for (const std::string& name : names) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), value);
    const bool whole = error == std::errc() && end == name.data() + name.size();
    if (!whole || (name.size() > 1 && name[0] == '0') || name.starts_with("-0")) return {};
    numbers.push_back(value);
  }
  return numbers;
}

void write_names(Hdf5Writer& file, const std::string& path, std::span<const std::string> names) {
  const std::vector<std::int64_t> numbers = numbers_of(names);
  if (numbers.empty())
    file.strings(path, names);
  else
    file.array(path, numbers);
}

std::vector<std::string> read_names(const Hdf5Reader& file, const std::string& path) {
  if (file.text(path, "encoding-type") != "array") return file.strings(path);
  const Stored<std::int64_t> numbers = file.offsets(path);
  if (numbers.shape.size() != 1) file.fail(path, "expected one row of names");
  std::vector<std::string> names;
  names.reserve(numbers.values.size());
  for (std::int64_t n : numbers.values) names.push_back(std::to_string(n));
  return names;
}

}  // namespace pfm::io
