#include <fmt/format.h>
#include <pfm/io/csv.h>
#include <pfm/kernels/error.h>

#include <algorithm>

namespace pfm::io {

// `rest` begins behind the opening quote and ends up behind the closing one, perhaps on a later line.
void Csv::quoted_field(std::string_view& rest) {
  std::string& field = fields_.back();
  for (;;) {
    const std::size_t end = std::min(rest.find('"'), rest.size());
    field += rest.substr(0, end);
    rest.remove_prefix(end);
    if (rest.starts_with("\"\"")) {
      field += '"';
      rest.remove_prefix(2);
    } else if (!rest.empty()) {
      rest.remove_prefix(1);
      if (!rest.empty() && rest[0] != ',')
        lines_.fail(rest, fmt::format("found {} after a closing quote, expected a comma or the end of the line",
                                      excerpt(rest.substr(0, 1))));
      return;
    } else {
      if (!lines_.next())
        throw Error(Fault::input, fmt::format("{}:{}:{}: a quote that is never closed", lines_.name(),
                                              places_.back().line, places_.back().column));
      field += '\n';
      rest = lines_.line();
    }
  }
}

void Csv::plain_field(std::string_view& rest) {
  const std::size_t end = std::min(rest.find(','), rest.size());
  fields_.back() = rest.substr(0, end);
  rest.remove_prefix(end);
}

bool Csv::next_row() {
  do {
    if (!lines_.next()) return false;
  } while (lines_.line().empty());
  std::string_view rest = lines_.line();
  if (lines_.number() == 1 && rest.starts_with("\xef\xbb\xbf")) rest.remove_prefix(3);
  fields_.clear(), places_.clear();
  for (;;) {
    fields_.emplace_back();
    places_.push_back({lines_.number(), rest.data() - lines_.line().data() + 1});
    if (rest.starts_with('"')) {
      rest.remove_prefix(1);
      quoted_field(rest);
    } else {
      plain_field(rest);
    }
    if (rest.empty()) break;
    rest.remove_prefix(1);  // the comma
  }
  if (width_ == 0) width_ = fields_.size();
  if (fields_.size() != width_)
    throw Error(Fault::input, fmt::format("{}:{}: found {} fields, expected {} as in the first row", lines_.name(),
                                          line(), fields_.size(), width_));
  return true;
}

void Csv::fail(std::size_t column, const std::string& expected) const {
  throw Error(Fault::input, fmt::format("{}:{}:{}: found {}, expected {}", lines_.name(), places_[column].line,
                                        places_[column].column, excerpt(fields_[column]), expected));
}

}  // namespace pfm::io
