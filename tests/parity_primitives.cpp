// primitives/: single operations, forward and all gradients.
#include <pfm/tests/parity.h>

namespace pfm::parity {

std::vector<Case> primitive_cases(std::shared_ptr<const fixture::Group> file, const std::filesystem::path&) {
  std::vector<Case> cases;
  for (const auto& [name, group] : file->groups) cases.push_back({name, [](Comparison&) { return false; }});
  return cases;
}

}  // namespace pfm::parity
