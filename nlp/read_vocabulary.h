// Files that list tokens and merges. Nothing in them is trusted: Error(Fault::input) names file, place and what was
// expected.
#pragma once
#include <pfm/io/lines.h>
#include <pfm/nlp/merges.h>

#include <filesystem>
#include <limits>
#include <nlohmann/json_fwd.hpp>

namespace pfm::nlp {

// vocab.txt: a token a line. An empty line would move all that follow and is refused, as is a token of
// more than 4,096 bytes. LF or CR LF end a line, so no token may end in CR.
std::vector<std::string> read_token_lines(io::Lines& lines);

// vocab.json: one object {token: id}; ids run from 0 without gaps, each once.
std::vector<std::string> token_texts(const nlohmann::json& ids, const std::string& origin);

// merges.txt: two tokens and one space a line; a first line that speaks of a #version is none. At most
// `count` of them; what follows is not read.
MergeTexts read_merges(io::Lines& lines, std::size_t count = std::numeric_limits<std::size_t>::max());

}  // namespace pfm::nlp
