#include <fmt/format.h>
#include <pfm/io/safetensors.h>
#include <pfm/selfsup/checkpoint.h>

#include <charconv>

namespace pfm {
namespace {

const std::string option_key = "option.";

io::Metadata metadata_of(const Recipe& recipe) {
  io::Metadata metadata{{"format", "pfm"},
                        {"method", recipe.method},
                        {"data", recipe.data},
                        {"protocol", recipe.protocol},
                        {"seed", fmt::format("{}", recipe.seed)}};
  for (const auto& [name, value] : recipe.options) metadata[option_key + name] = value;
  return metadata;
}

template <class Keep>
void save(const std::filesystem::path& path, const Recipe& recipe, const Params& params, Keep keep) {
  std::map<std::string, const Matrix*> matrices;
  for (const auto& [name, entry] : params.entries())
    if (keep(name)) matrices[name] = &entry.var.value();
  io::write_safetensors(path, matrices, metadata_of(recipe));
}

Recipe recipe_of(const std::string& path, const io::Metadata& metadata) {
  const auto text = [&](const std::string& key) {
    const auto found = metadata.find(key);
    if (found == metadata.end())
      throw Error(Fault::input, fmt::format("{}: no \"{}\" in its metadata: not written by pfm pretrain", path, key));
    return found->second;
  };
  if (text("format") != "pfm") throw Error(Fault::input, path + ": not written by pfm pretrain");
  Recipe recipe{text("method"), text("data"), text("protocol"), {}, 0};
  const std::string seed = text("seed");
  const auto [end, error] = std::from_chars(seed.data(), seed.data() + seed.size(), recipe.seed);
  if (error != std::errc() || end != seed.data() + seed.size())
    throw Error(Fault::input, fmt::format("{}: the seed \"{}\" is not a number", path, seed));
  for (const auto& [key, value] : metadata)
    if (key.starts_with(option_key)) recipe.options[key.substr(option_key.size())] = value;
  return recipe;
}

}  // namespace

void save_checkpoint(const std::filesystem::path& path, const Recipe& recipe, const Params& params) {
  save(path, recipe, params, [](const std::string&) { return true; });
}

void save_model(const std::filesystem::path& path, const Recipe& recipe, const Params& params) {
  save(path, recipe, params,
       [](const std::string& name) { return !name.starts_with("optimiser.") && !name.starts_with("training."); });
}

Checkpoint::Checkpoint(const std::filesystem::path& path) : Checkpoint(io::read_safetensors(path), path) {}

Checkpoint::Checkpoint(io::Tensors tensors, const std::filesystem::path& path) : path_(path.string()) {
  recipe_ = recipe_of(path_, tensors.metadata);
  matrices_ = std::move(tensors.matrices);
}

void Checkpoint::restore(const Params& params) const {
  for (const auto& [name, entry] : params.entries()) {
    const auto found = matrices_.find(name);
    if (found == matrices_.end())
      throw Error(Fault::input, fmt::format("{}: has no \"{}\", which {} needs", path_, name, recipe_.method));
    if (!found->second.same_shape(entry.var.value()))
      throw Error(Fault::input,
                  fmt::format("{}: \"{}\" is [{}, {}], expected [{}, {}]; was it trained on other data?", path_, name,
                              found->second.rows(), found->second.cols(), entry.var.rows(), entry.var.cols()));
  }
  for (const auto& [name, matrix] : matrices_)
    params.state(name, matrix.rows(), matrix.cols()).value() = matrix.clone();
}

}  // namespace pfm
