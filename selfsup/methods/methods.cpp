#include <pfm/selfsup/methods/methods.h>

namespace pfm {

const std::vector<Method>& graph_methods() {
  // clang-format off
  static const std::vector<Method> all{
      deepwalk(),
      dgi(),
      gae(),
      gca(),
      gcn_supervised(),
      gic(),
      grace(),
      graphmae(),
      line(),
      maskgae(),
      mvgrl(),
      netmf(),
      node2vec(),
      prone(),
      vgae(),
  };
  // clang-format on
  return all;
}

}  // namespace pfm
