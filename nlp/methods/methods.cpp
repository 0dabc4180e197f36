#include <pfm/nlp/methods/methods.h>

namespace pfm {

const std::vector<Method>& text_methods() {
  // clang-format off
  static const std::vector<Method> all{
      albert(),
      bart(),
      bert(),
      electra(),
      gpt(),
      mass(),
      mpnet(),
      roberta(),
      simcse(),
      spanbert(),
      xlnet(),
  };
  // clang-format on
  return all;
}

}  // namespace pfm
