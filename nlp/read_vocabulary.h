// Files that list tokens. Nothing in them is trusted: Error(Fault::input) names file, line and what was expected.
#pragma once
#include <pfm/nlp/tokenizer.h>

#include <filesystem>

namespace pfm::nlp {

// A token a line, plain or gzip. An empty line would move all that follow and is refused, as is a token of more than
// 4,096 bytes. LF or CR LF end a line, so no token may end in CR.
std::vector<std::string> read_token_lines(const std::filesystem::path& path);

}  // namespace pfm::nlp
