// A pretrained encoder from its file.
#pragma once
#include <pfm/selfsup/checkpoint.h>
#include <pfm/selfsup/method.h>
#include <pfm/selfsup/protocol.h>

namespace pfm {

// How a recipe names a data set: its name and the checksum of its content.
std::string data_key(const Dataset& data);

// The method of a recipe with the weights of its file, built for `data`. Error (input): unknown method, other shapes.
Pretext restored(const Checkpoint& checkpoint, const std::string& path, const Dataset& data);

// The method a recipe names. Error (input): none of the catalogue's.
const Method& method_of(const Recipe& recipe, const std::string& path);

// Whether these data, by their content, are what the recipe learned from.
bool learned_from(const Recipe& recipe, const Dataset& data);

// Whether the protocol hides edges, nodes or samples of these data from training.
bool holds_out(const Protocol& protocol, const Dataset& data);

// Error (input) where an encoder that learned from these `data` and saw held-out edges, nodes or samples, or had others
// held out, would be scored on what it knows.
void refuse_leak(const Recipe& recipe, const Dataset& data, const Protocol& protocol, std::uint64_t seed,
                 const std::string& path);

// Error (input) where a method that learned from labels of these `data` would be scored under another protocol or seed.
void refuse_known_labels(const Recipe& recipe, const Dataset& data, const Protocol& protocol, std::uint64_t seed,
                         const std::string& path);

}  // namespace pfm
