// JSON files of others, with limits.
#pragma once
#include <filesystem>
#include <nlohmann/json.hpp>

namespace pfm::nlp {

// No JSON (UTF-8 included), nested deeper than 32, or a name twice in one object: Error(Fault::input).
nlohmann::json read_json(const std::filesystem::path& path);
nlohmann::json parse_json(const std::string& text, const std::string& origin);  // `origin` stands before messages

}  // namespace pfm::nlp
