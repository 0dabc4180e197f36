// XML read as a stream, plain or gzip: every element's begin, text and end are handed over as they come.
#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pfm::io {

class XmlStream {
 public:
  using Attributes = std::vector<std::pair<std::string_view, std::string_view>>;
  struct Events {
    std::function<void(std::string_view name, const Attributes& attributes)> begin;  // names without their namespace
    std::function<void(std::string_view name)> end;
    std::function<void(std::string_view text)> text;  // in pieces; UTF-8
  };
  // Error(Fault::input): not readable.
  explicit XmlStream(const std::filesystem::path& path) : name_(path.string()) {}

  // Reads all of it. Error(Fault::input): not well-formed, or it declares entities or refers to undeclared ones (they
  // can stand for any amount of text, or for other files). What the events throw comes out of here.
  void read(const Events& events);
  // Throws Error(Fault::input) "name:line:column: what", at the event that is being handed over.
  [[noreturn]] void complain(const std::string& what) const;

 private:
  struct Parser;
  std::string name_;
  const Parser* parser_ = nullptr;
};

}  // namespace pfm::io
