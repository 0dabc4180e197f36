#include <pfm/selfsup/methods/methods.h>

namespace pfm {

const std::vector<Method>& graph_methods() {
  static const std::vector<Method> all{
      dgi(),
      gcn_supervised(),
      netmf(),
      prone(),
  };
  return all;
}

}  // namespace pfm
