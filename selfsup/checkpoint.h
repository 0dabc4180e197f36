// A method in a file: weights alone, or everything that training needs to go on.
#pragma once
#include <pfm/nn/params.h>
#include <pfm/selfsup/options.h>

#include <filesystem>

namespace pfm::io {
struct Tensors;
}

namespace pfm {

// What was trained, kept as text beside the weights: enough to build the method again.
struct Recipe {
  std::string method, data, protocol;
  Options::Values options;  // every option that was asked, with its value
  std::uint64_t seed = 0;
};

// Every entry of the store: weights, moments, counters. Error(Fault::writing); an earlier file stays whole.
void save_checkpoint(const std::filesystem::path& path, const Recipe& recipe, const Params& params);

// What evaluation needs: all but the optimiser's and the loop's entries ("optimiser.", "training.").
void save_model(const std::filesystem::path& path, const Recipe& recipe, const Params& params);

// Error(Fault::input): the file is no safetensors file of ours.
class Checkpoint {
 public:
  explicit Checkpoint(const std::filesystem::path& path);
  Checkpoint(io::Tensors tensors, const std::filesystem::path& path);  // what the file held
  const Recipe& recipe() const { return recipe_; }
  // Fills `params`: every entry made so far must be in the file with its shape; entries that training makes later are
  // made here. Error(Fault::input) otherwise, naming the entry.
  void restore(const Params& params) const;

 private:
  std::string path_;
  Recipe recipe_;
  std::map<std::string, Matrix> matrices_;
};

}  // namespace pfm
