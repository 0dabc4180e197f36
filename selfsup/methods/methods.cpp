#include <pfm/selfsup/methods/methods.h>

namespace pfm {

const std::vector<Method>& graph_methods() {
  // clang-format off
  static const std::vector<Method> all{
      attributemask(),
      deepwalk(),
      dgi(),
      edgemask(),
      gae(),
      gca(),
      gcc(),
      gcn_supervised(),
      gic(),
      gmae_transformer(),
      grace(),
      graph_bert(),
      graphcl(),
      graphcompletion(),
      graphmae(),
      graphsage(),
      gtn(),
      heco(),
      hgmae(),
      infograph(),
      line(),
      m3s(),
      maskgae(),
      metapath2vec(),
      mvgrl(),
      netmf(),
      node2vec(),
      nodeproperty(),
      pairwiseattrsim(),
      pairwisedistance(),
      prone(),
      sdne(),
      self_training(),
      subgcon(),
      vgae(),
  };
  // clang-format on
  return all;
}

}  // namespace pfm
