#include <fmt/format.h>
#include <pfm/io/lines.h>
#include <pfm/io/text.h>
#include <pfm/kernels/error.h>
#include <pfm/nlp/config_file.h>
#include <pfm/nlp/json_file.h>

namespace pfm::nlp {

using Json = nlohmann::json;
constexpr std::int64_t largest = 2'147'483'647;

static std::string found(const Json& value) {
  return io::excerpt(value.dump(-1, ' ', true, Json::error_handler_t::replace));
}

ConfigFile::ConfigFile(const std::filesystem::path& path) : ConfigFile(io::read_file(path), path.string()) {}

ConfigFile::ConfigFile(const std::string& text, std::string origin)
    : name_(std::move(origin)), json_(std::make_shared<const Json>(parse_json(text, name_))) {
  if (!json_->is_object()) fail("found no object, expected a model's configuration");
}

void ConfigFile::fail(const std::string& what) const { throw Error(Fault::input, fmt::format("{}: {}", name_, what)); }

const Json& ConfigFile::at(const char* key) const {
  static const Json null;
  const auto value = json_->find(key);
  return value == json_->end() ? null : *value;
}

std::string ConfigFile::text(const char* key, const std::string& otherwise) const {
  const Json& value = at(key);
  if (value.is_null()) return otherwise;
  if (!value.is_string()) fail(fmt::format("'{}' is {}, expected a text", key, found(value)));
  return value.get<std::string>();
}

Offset ConfigFile::size(const char* key) const {
  if (at(key).is_null()) fail(fmt::format("has no '{}'", key));
  return size(key, 0);
}

Offset ConfigFile::size(const char* key, Offset otherwise) const {
  const Offset n = number(key, otherwise);
  if (n == 0 && !at(key).is_null()) fail(fmt::format("'{}' is 0, expected a size", key));
  return n;
}

Offset ConfigFile::number(const char* key, Offset otherwise) const {
  const Json& value = at(key);
  if (value.is_null()) return otherwise;
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() > std::uint64_t(largest))
    fail(fmt::format("'{}' is {}, expected a whole number of at most {}", key, found(value), largest));
  return Offset(value.get<std::uint64_t>());
}

double ConfigFile::real(const char* key, double otherwise) const {
  const Json& value = at(key);
  if (value.is_null()) return otherwise;
  if (!value.is_number() || !(value.get<double>() > 0))
    fail(fmt::format("'{}' is {}, expected a number above 0", key, found(value)));
  return value.get<double>();
}

void ConfigFile::must_be(const char* key, bool value) const {
  if (!at(key).is_null() && at(key) != value)
    fail(fmt::format("'{}' is {}; only models with {} can be read", key, found(at(key)), value));
}

void ConfigFile::must_be(const char* key, Offset value) const {
  if (!at(key).is_null() && at(key) != value)
    fail(fmt::format("'{}' is {}; only models with {} can be read", key, found(at(key)), value));
}

void ConfigFile::must_be(const char* key, const char* value) const {
  if (!at(key).is_null() && at(key) != value)
    fail(fmt::format("'{}' is {}; only models with '{}' can be read", key, found(at(key)), value));
}

}  // namespace pfm::nlp
