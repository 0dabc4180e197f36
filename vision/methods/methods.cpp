#include <pfm/vision/methods/methods.h>

namespace pfm {

const std::vector<Method>& vision_methods() {
  // clang-format off
  static const std::vector<Method> all{
      beit(),
      byol(),
      mae(),
      moco(),
      simclr(),
      vit(),
  };
  // clang-format on
  return all;
}

}  // namespace pfm
