// Where results go.
#pragma once
#include <pfm/cli/arguments.h>

namespace pfm {

// To standard output. Error (writing) where it is full or closed.
void put(const std::string& text);

// Error (writing) unless the folders of --output and --json are there: said before the work, not after it.
void check_outputs(const Arguments& arguments);

// Obeys --json: with "-" the JSON is all that is printed, with a file name it is written there and the text printed.
void put_result(const Arguments& arguments, const std::string& text, const std::string& json);

}  // namespace pfm
