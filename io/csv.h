// Comma-separated values, row by row (RFC 4180), plain or gzip.
#pragma once
#include <pfm/io/lines.h>

#include <span>
#include <vector>

namespace pfm::io {

// A field in quotes may hold commas, line breaks and doubled quotes; nothing may follow its closing quote. Within other
// fields a quote stands for itself. Empty lines are passed over, and so is a byte order mark. Every row has as many
// fields as the first.
class Csv {
 public:
  explicit Csv(const std::filesystem::path& path) : lines_(path) {}

  bool next_row();  // false at the end; damage: Error(Fault::input)
  std::span<const std::string> fields() const { return fields_; }
  const std::string& operator[](std::size_t column) const { return fields_[column]; }
  std::int64_t line() const { return places_[0].line; }  // where the row begins
  // Throws Error(Fault::input) "name:line:column: found 'x', expected y" about a field of the row.
  [[noreturn]] void fail(std::size_t column, const std::string& expected) const;

 private:
  struct Place {
    std::int64_t line, column;
  };
  void quoted_field(std::string_view& rest);
  void plain_field(std::string_view& rest);
  Lines lines_;
  std::vector<std::string> fields_;
  std::vector<Place> places_;
  std::size_t width_ = 0;  // fields of the first row
};

}  // namespace pfm::io
