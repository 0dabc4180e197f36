// Graph isomorphism network (Xu et al. 2019, arXiv:1810.00826): MLP((1 + eps) x + sum of neighbours). With edge
// attributes (GINE, Hu et al. 2020, arXiv:1905.12265) a neighbour counts as relu(x_j + W_e e_ij + b_e).
#pragma once
#include <pfm/encoders/activation.h>
#include <pfm/encoders/encoder.h>

namespace pfm {

struct Gin {
  struct Settings {
    Offset hidden = 0;  // of the MLP; 0 = out
    double epsilon = 0;
    bool train_epsilon = false;
    bool batch_norm = true;           // inside the MLP
    std::string activation = "relu";  // inside the MLP
    Offset edge_width = 0;            // 0 = no edge attributes
  };
  // "first" [in, hidden], "first.norm" and "first.slope" where there are such, "second" [hidden, out]; "epsilon" [1, 1]
  // if trained; "edge" [edge_width, in].
  Gin(const Params& p, Offset in, Offset out, Settings settings);
  // [N, in] -> [N, out]; edges [E, edge_width] instead of the graph's own attributes, with gradient. Who gives an Rng
  // is training: batch statistics.
  Var operator()(const Graph& graph, const Input& x, std::optional<Rng> rng = {}, const Var& edges = {}) const;
  Linear first, second;
  std::optional<BatchNorm> norm;
  std::function<Var(const Var&)> activate;
  std::optional<Linear> edge;
  Var epsilon;
  Settings settings;

 private:
  Real own() const;                                      // 1 + eps, without what is trained of it
  Var with_trained(const Var& x, const Var& sum) const;  // sum + trained eps x
  Var sum(const Graph& graph, const Var& x) const;       // (1 + eps) x + sum of neighbours
};

}  // namespace pfm
