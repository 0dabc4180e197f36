// JSON with keys in the order they are written.
#pragma once
#include <pfm/selfsup/options.h>

#include <nlohmann/json.hpp>

namespace pfm {

using Json = nlohmann::ordered_json;

std::string dump(const Json& json);  // indented, with a newline; bytes that are no UTF-8 are replaced

// {name: value} of every option asked: numbers, whole numbers, true and false, words.
Json option_values(const std::vector<Options::Asked>& options);

struct Pretrained;
Json to_json(const Pretrained& start);

}  // namespace pfm
