#include <fmt/format.h>
#include <pfm/cli/catalogue.h>
#include <pfm/cli/checksum.h>
#include <pfm/cli/model.h>
#include <pfm/kernels/error.h>
#include <pfm/selfsup/experiment.h>

#include <algorithm>

namespace pfm {

std::string data_key(const Dataset& data) { return fmt::format("{}@{}", data.name, checksum(data)); }

const Method& method_of(const Recipe& recipe, const std::string& path) try {
  return method_named(recipe.method);
} catch (const Error& error) {
  throw Error(Fault::input, fmt::format("{}: {}", path, error.what()));
}

bool holds_out(const Protocol& protocol, const Dataset& data) {
  if (protocol.task == Task::link || !protocol.embedded) return protocol.task == Task::link;
  const Rng rng = scoring_rng(0);
  return protocol.view(data, rng).nodes() < protocol.embedded(data, rng).nodes();
}

bool learned_from(const Recipe& recipe, const Dataset& data) {
  const auto content = [](const std::string& key) { return key.substr(std::min(key.size(), key.rfind('@'))); };
  return content(recipe.data) == content(data_key(data));
}

// Protocols of links that score pairs in other ways hold out the same ones.
static bool same_split(const std::string& id, const Protocol& other) {
  if (id == other.id) return true;
  const auto known = std::ranges::find(protocols(), id, &Protocol::id);
  return known != protocols().end() && other.held_out && known->held_out == other.held_out;
}

void refuse_leak(const Recipe& recipe, const Dataset& data, const Protocol& protocol, std::uint64_t seed,
                 const std::string& path) {
  if (!learned_from(recipe, data) || !holds_out(protocol, data)) return;
  if (recipe.seed == seed && same_split(recipe.protocol, protocol)) return;
  throw Error(Fault::input, fmt::format("{}: was pretrained with protocol {} and seed {}, so it may have seen what {} "
                                        "with seed {} holds out; pretrain it with --protocol {} and the same --seed",
                                        path, recipe.protocol, recipe.seed, protocol.id, seed, protocol.id));
}

void refuse_known_labels(const Recipe& recipe, const Dataset& data, const Protocol& protocol, std::uint64_t seed,
                         const std::string& path) {
  if (!learned_from(recipe, data) || (recipe.protocol == protocol.id && recipe.seed == seed)) return;
  throw Error(Fault::input, fmt::format("{}: {} learned from labels that protocol {} with seed {} shows, and {} with "
                                        "seed {} may test some of them; take the same two, or pfm run",
                                        path, recipe.method, recipe.protocol, recipe.seed, protocol.id, seed));
}

Pretext restored(const Checkpoint& checkpoint, const std::string& path, const Dataset& data) {
  const Recipe& recipe = checkpoint.recipe();
  const Options options(Rng(recipe.seed).split("method"), recipe.options);
  Pretext pretext = method_of(recipe, path).make(data, options);
  checkpoint.restore(pretext.params);
  return pretext;
}

}  // namespace pfm
