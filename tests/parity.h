// Our numbers against golden files of independent references. The suite walks every case it finds; a kind of file
// says which cases a file holds and how one is computed from what the file says of itself. To add a kind: one
// tests/parity_<kind>.cpp, one declaration here, one row in the table of tests/parity.cpp, and what is claimed in
// tests/parity_cover.txt.
#pragma once
#include <pfm/tests/fixture.h>

#include <functional>
#include <memory>

namespace pfm::parity {

// The results to compare with: "f32", in the double build "f64".
constexpr const char* precision = sizeof(Real) == 4 ? "f32" : "f64";
constexpr double forward_tolerance = sizeof(Real) == 4 ? 1e-5 : 1e-10;  // absolute
constexpr double gradient_tolerance = sizeof(Real) == 4 ? 1e-3 : 1e-8;  // relative to the largest entry

// Collects what one case compares. Shapes may differ as long as the number of entries agrees: everything of ours is a
// matrix. A value that is not a number matches nothing.
class Comparison {
 public:
  // Where the file holds float32 only, the double build too compares with the tolerances of float32.
  void forward(const std::string& what, const Matrix& found, const fixture::Array& expected);
  void forward(const std::string& what, const Matrix& found, const fixture::Array& expected, double tolerance);
  // An empty `found` (nothing reached the variable) stands for zeros. Relative to the largest entry expected, or to
  // `scale` where that is larger: for gradients that are zero but for rounding.
  void gradient(const std::string& what, const Matrix& found, const fixture::Array& expected, double scale = 0);
  void number(const std::string& what, double found, double expected, double tolerance);
  void exact(const std::string& what, std::span<const std::int64_t> found, const fixture::Array& expected);
  void fail(const std::string& why);  // what could not even be compared

  std::int64_t values = 0;  // compared
  double worst = 0;         // largest difference as a share of what is allowed
  double difference = 0;    // that difference
  std::string where;        // and what it was found in
  std::vector<std::string> failures;

 private:
  void values_within(const std::string& what, std::span<const Real> found, const fixture::Array& expected,
                     double tolerance);
};

struct Case {
  std::string name;                          // path within the file: "gelu_erf", "karate/mean"
  std::function<bool(Comparison&)> compare;  // false: it does not know this case
};

struct Kind {
  std::string folder;  // below the fixtures: the .h5 files in it and in its folders may be of this kind
  std::vector<Case> (*cases)(std::shared_ptr<const fixture::Group> file, const std::filesystem::path& path);
};

std::vector<Case> graph_layer_cases(std::shared_ptr<const fixture::Group> file, const std::filesystem::path& path);
std::vector<Case> encoder_decoder_cases(std::shared_ptr<const fixture::Group> file, const std::filesystem::path& path);
std::vector<Case> eval_cases(std::shared_ptr<const fixture::Group> file, const std::filesystem::path& path);
std::vector<Case> xlnet_cases(std::shared_ptr<const fixture::Group> file, const std::filesystem::path& path);
std::vector<Case> image_model_cases(std::shared_ptr<const fixture::Group> file, const std::filesystem::path& path);
std::vector<Case> loss_cases(std::shared_ptr<const fixture::Group> file, const std::filesystem::path& path);
std::vector<Case> optim_cases(std::shared_ptr<const fixture::Group> file, const std::filesystem::path& path);
std::vector<Case> diffusion_cases(std::shared_ptr<const fixture::Group> file, const std::filesystem::path& path);
std::vector<Case> primitive_cases(std::shared_ptr<const fixture::Group> file, const std::filesystem::path& path);
std::vector<Case> real_structure_cases(std::shared_ptr<const fixture::Group> file, const std::filesystem::path& path);
std::vector<Case> restart_cases(std::shared_ptr<const fixture::Group> file, const std::filesystem::path& path);
std::vector<Case> skipgram_cases(std::shared_ptr<const fixture::Group> file, const std::filesystem::path& path);
std::vector<Case> text_model_cases(std::shared_ptr<const fixture::Group> file, const std::filesystem::path& path);
std::vector<Case> trajectory_cases(std::shared_ptr<const fixture::Group> file, const std::filesystem::path& path);
std::vector<Case> walk_cases(std::shared_ptr<const fixture::Group> file, const std::filesystem::path& path);

// Whether `pattern` ("optim/optim.h5/schedule", "graph_layers/*/karate") names `path` or a group above it; * stands
// for one part of a path.
bool covers(const std::string& pattern, const std::string& path);

}  // namespace pfm::parity
