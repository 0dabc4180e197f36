// The small files of a model's folder: configuration, tokenizer, how sentences become vectors. In memory, for a model
// of ours carries them.
#pragma once
#include <filesystem>
#include <map>
#include <string>

namespace pfm::nlp {

struct ModelFiles {
  std::string origin;                           // stands before a file's name in messages: "folder/"
  std::map<std::string, std::string> contents;  // by name within the folder: "config.json", "1_Pooling/config.json"

  bool has(const std::string& name) const { return contents.contains(name); }
  const std::string& at(const std::string& name) const;  // Error(Fault::input) where it is missing
  std::string label(const std::string& name) const { return origin + name; }
};

// Of the files that a folder may hold those that this program reads or another would miss: *.json by the names that are
// usual, vocab.txt, merges.txt, *.model, and config.json in the folders of modules.json. More than 64 MiB together, a
// folder name that leads out: Error(Fault::input).
ModelFiles read_model_files(const std::filesystem::path& folder);

}  // namespace pfm::nlp
