// config.json of other projects' models: values by key, each with what it may be.
#pragma once
#include <pfm/kernels/matrix.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace pfm::nlp {

// A key that is null is as one that is not there. Error(Fault::input) names file, key, what was found and expected.
class ConfigFile {
 public:
  explicit ConfigFile(const std::filesystem::path& path);
  ConfigFile(const std::string& text, std::string origin);  // `origin` stands before messages

  std::string text(const char* key, const std::string& otherwise) const;
  Offset size(const char* key) const;                      // at least 1, at most 2^31 - 1; must be there
  Offset size(const char* key, Offset otherwise) const;    // the same, or not there
  Offset number(const char* key, Offset otherwise) const;  // 0 to 2^31 - 1
  double real(const char* key, double otherwise) const;    // above 0
  // Refuses a model that this program would compute otherwise.
  void must_be(const char* key, bool value) const;
  void must_be(const char* key, Offset value) const;
  void must_be(const char* key, const char* value) const;
  [[noreturn]] void fail(const std::string& what) const;

 private:
  const nlohmann::json& at(const char* key) const;
  std::string name_;
  std::shared_ptr<const nlohmann::json> json_;
};

}  // namespace pfm::nlp
