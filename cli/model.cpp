#include <fmt/format.h>
#include <pfm/cli/catalogue.h>
#include <pfm/cli/checksum.h>
#include <pfm/cli/model.h>
#include <pfm/kernels/error.h>

namespace pfm {

std::string data_key(const Dataset& data) { return fmt::format("{}@{}", data.name, checksum(data)); }

const Method& method_of(const Recipe& recipe, const std::string& path) try {
  return method_named(recipe.method);
} catch (const Error& error) {
  throw Error(Fault::input, fmt::format("{}: {}", path, error.what()));
}

Pretext restored(const Checkpoint& checkpoint, const std::string& path, const Dataset& data) {
  const Recipe& recipe = checkpoint.recipe();
  const Options options(Rng(recipe.seed).split("method"), recipe.options);
  Pretext pretext = method_of(recipe, path).make(data, options);
  checkpoint.restore(pretext.params);
  return pretext;
}

}  // namespace pfm
