// What the words of convert say.
#pragma once
#include <pfm/cli/arguments.h>
#include <pfm/io/formats.h>
#include <pfm/io/layout.h>

namespace pfm {

struct ConvertJob {
  const io::Format* format = nullptr;
  std::vector<std::filesystem::path> inputs, sources;  // sources: inputs and a file of labels; all are there
  std::filesystem::path output;
  io::ReadRules rules = {};
  io::Layout layout = io::Layout::mapped;
  std::string command;  // the canonical one, without files
};

// Error (usage, input): a wrong FORMAT, options that mean nothing for it, a missing file.
ConvertJob convert_job(const Arguments& arguments);

}  // namespace pfm
