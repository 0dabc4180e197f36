#include <fmt/format.h>
#include <pfm/io/lines.h>
#include <pfm/io/text.h>
#include <pfm/kernels/error.h>
#include <pfm/nlp/json_file.h>
#include <pfm/nlp/model_files.h>

namespace pfm::nlp {
namespace {

namespace fs = std::filesystem;

constexpr const char* usual[] = {"added_tokens.json",
                                 "config.json",
                                 "config_sentence_transformers.json",
                                 "generation_config.json",
                                 "merges.txt",
                                 "modules.json",
                                 "preprocessor_config.json",
                                 "sentence_bert_config.json",
                                 "special_tokens_map.json",
                                 "tokenizer.json",
                                 "tokenizer_config.json",
                                 "vocab.json",
                                 "vocab.txt"};

bool is_there(const fs::path& path) {
  std::error_code none;
  return fs::exists(path, none);
}

// Folders of the parts that modules.json lists; "" is the folder itself.
std::vector<std::string> folders_of_modules(const ModelFiles& files) {
  std::vector<std::string> folders;
  if (!files.has("modules.json")) return folders;
  const std::string origin = files.label("modules.json");
  const nlohmann::json modules = parse_json(files.at("modules.json"), origin);
  for (const nlohmann::json& module : modules) {
    const auto path = module.is_object() ? module.find("path") : module.end();
    if (!module.is_object() || path == module.end() || !path->is_string())
      throw Error(Fault::input, fmt::format("{}: a module without a path", origin));
    const std::string name = *path;
    if (name.find('/') != std::string::npos || name == ".." || name.find('\0') != std::string::npos)
      throw Error(Fault::input, fmt::format("{}: the path {} is no folder's name", origin, io::excerpt(name)));
    folders.push_back(name);
  }
  return folders;
}

}  // namespace

const std::string& ModelFiles::at(const std::string& name) const {
  const auto found = contents.find(name);
  if (found == contents.end()) throw Error(Fault::input, fmt::format("{}: no such file", label(name)));
  return found->second;
}

ModelFiles read_model_files(const fs::path& folder) {
  constexpr std::size_t most = std::size_t{64} << 20;
  ModelFiles files{.origin = (folder / "").string(), .contents = {}};
  std::size_t bytes = 0;
  const auto take = [&](const std::string& name) {
    if (!is_there(folder / name)) return;
    bytes += files.contents.emplace(name, io::read_file(folder / name)).first->second.size();
    if (bytes > most)
      throw Error(Fault::input, fmt::format("{}: found more than 64 MiB beside the weights", folder.string()));
  };
  for (const char* name : usual) take(name);
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none))
    if (entry.path().extension() == ".model") take(entry.path().filename().string());
  for (const std::string& module : folders_of_modules(files))
    if (!module.empty()) take(module + "/config.json");
  return files;
}

}  // namespace pfm::nlp
