#include <fmt/format.h>
#include <pfm/io/lines.h>
#include <pfm/io/text.h>
#include <pfm/nlp/json_file.h>

#include <unordered_set>

namespace pfm::nlp {

using Json = nlohmann::json;

Json read_json(const std::filesystem::path& path) { return parse_json(io::read_file(path), path.string()); }

Json parse_json(const std::string& text, const std::string& origin) {
  constexpr int deepest = 32;
  auto fail = [&](const std::string& what) { throw Error(Fault::input, fmt::format("{}: {}", origin, what)); };
  std::vector<std::unordered_set<std::string>> names;  // of the objects that are open
  auto watch = [&](int depth, Json::parse_event_t event, Json& what) {
    using Event = Json::parse_event_t;
    if (depth > deepest) fail(fmt::format("is nested deeper than {}", deepest));
    if (event == Event::object_start) names.emplace_back();
    if (event == Event::object_end) names.pop_back();
    if (event == Event::key && !names.back().insert(what.get<std::string>()).second)
      fail(fmt::format("names {} twice in one object", io::excerpt(what.get<std::string>())));
    return true;
  };
  try {
    return Json::parse(text, watch);
  } catch (const Json::exception& e) {
    fail(fmt::format("is no JSON: {}", e.what()));
  }
  return {};
}

}  // namespace pfm::nlp
