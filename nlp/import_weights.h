// Weights of other projects: a folder with config.json and model.safetensors.
#pragma once
#include <pfm/nlp/weight_names.h>

#include <map>

namespace pfm::nlp {

// The family that the configuration names, and its shape. Error(Fault::input) as below.
const Family& family_of(const ConfigFile& config);
Architecture architecture_of(const ConfigFile& config);

// The tensors of model.safetensors in a folder, by their names. Weights in parts or in another format only, a number
// that is not finite: Error(Fault::input) that says what to do.
std::map<std::string, Matrix> read_weights(const std::filesystem::path& folder);

struct Imported {
  Architecture architecture;
  std::map<std::string, Matrix> matrices;  // by our names (nlp/weight_names.h)
};

// A family of nlp/weight_names.h; its prefix may be missing, norms may be called gamma and beta. Everything has to fit:
// a family that is not known, sizes of the configuration that contradict tensors, missing or surplus tensors, a head in
// parts, a copy that is tied here but holds other numbers: Error(Fault::input) that names it.
Imported import_weights(const std::filesystem::path& folder);

}  // namespace pfm::nlp
