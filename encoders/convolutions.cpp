#include <pfm/encoders/appnp.h>
#include <pfm/encoders/cheb.h>
#include <pfm/encoders/convolutions.h>
#include <pfm/encoders/gatv2.h>
#include <pfm/encoders/gcn.h>
#include <pfm/encoders/gin.h>
#include <pfm/encoders/graphconv.h>
#include <pfm/encoders/rgcn.h>
#include <pfm/encoders/sage.h>
#include <pfm/encoders/sgc.h>
#include <pfm/encoders/supergat.h>
#include <pfm/encoders/table.h>
#include <pfm/encoders/transformer_conv.h>

namespace pfm {
namespace {

using Settings = ConvolutionSettings;
using Random = std::optional<Rng>;

Convolution gcn(const Params& p, Offset in, Offset out, const Settings& s) {
  return [layer = Gcn(p, in, out, s.along)](const Batch& b, const Input& x, Random) { return layer(b.graph, x); };
}

Convolution sage(const Params& p, Offset in, Offset out, const Settings& s) {
  return [layer = Sage(p, in, out, {s.reduce, s.normalise})](const Batch& b, const Input& x, Random) {
    return layer(b.graph, x);
  };
}

Convolution graphconv(const Params& p, Offset in, Offset out, const Settings& s) {
  return
      [layer = GraphConv(p, in, out, s.reduce)](const Batch& b, const Input& x, Random) { return layer(b.graph, x); };
}

Convolution cheb(const Params& p, Offset in, Offset out, const Settings& s) {
  return [layer = Cheb(p, in, out, s.hops + 1)](const Batch& b, const Input& x, Random) { return layer(b.graph, x); };
}

template <class Layer>
Convolution attention(const Params& p, Offset in, Offset out, const Settings& s) {
  if (s.heads < 1 || (s.concat && out % s.heads != 0))
    throw Error(Fault::usage, "attention heads: expected a number that divides the width " + std::to_string(out) +
                                  ", got " + std::to_string(s.heads));
  const AttentionSettings settings{
      .heads = s.heads, .concat = s.concat, .edge_width = s.edge_width, .dropout = s.attention_dropout};
  return [layer = Layer(p, in, s.concat ? out / s.heads : out, settings)](const Batch& b, const Input& x, Random rng) {
    return layer(b.graph, x, rng);
  };
}

Convolution gin(const Params& p, Offset in, Offset out, const Settings& s) {
  const Gin::Settings settings{.hidden = s.mlp_hidden,
                               .epsilon = s.epsilon,
                               .train_epsilon = s.train_epsilon,
                               .batch_norm = s.batch_norm,
                               .activation = s.activation,
                               .edge_width = s.edge_width};
  return [layer = Gin(p, in, out, settings)](const Batch& b, const Input& x, Random rng) {
    return layer(b.graph, x, rng);
  };
}

Convolution rgcn(const Params& p, Offset in, Offset out, const Settings& s) {
  return [layer = Rgcn(p, in, out, s.relations, s.bases)](const Batch& b, const Input& x, Random) {
    return layer(b.graph, x);
  };
}

Convolution sgc(const Params& p, Offset in, Offset out, const Settings& s) {
  return
      [layer = Sgc(p, in, out, s.hops, s.along)](const Batch& b, const Input& x, Random) { return layer(b.graph, x); };
}

Convolution appnp(const Params& p, Offset in, Offset out, const Settings& s) {
  const Appnp propagate{s.hops, s.alpha, s.along};
  return [=, linear = Linear(p, in, out)](const Batch& b, const Input& x, Random) {
    return propagate(b.graph, apply(linear, x));
  };
}

Convolution mlp(const Params& p, Offset in, Offset out, const Settings&) {
  return [linear = Linear(p, in, out)](const Batch&, const Input& x, Random) { return apply(linear, x); };
}

Convolution table(const Params& p, Offset in, Offset out, const Settings&) {
  return [rows = Table(p, in, out)](const Batch& b, const Input&, Random) { return rows(b); };
}

}  // namespace

const std::vector<ConvolutionKind>& convolution_kinds() {
  static const std::vector<ConvolutionKind> kinds{
      {"gcn", gcn, false, "graph convolutional network (Kipf & Welling 2017)"},
      {"sage", sage, false, "GraphSAGE: own row and the mean, maximum or sum of neighbours (Hamilton et al. 2017)"},
      {"gat", attention<Gat>, false, "graph attention network (Velickovic et al. 2018)"},
      {"gatv2", attention<GatV2>, false, "graph attention with scores that depend on both ends (Brody et al. 2022)"},
      {"supergat", attention<SuperGat>, false, "graph attention damped where no edge is likely (Kim & Oh 2021)"},
      {"transformerconv", attention<TransformerConv>, false,
       "dot products of a node with its incoming edges' sources (Shi et al. 2021)"},
      {"graphconv", graphconv, false, "own row and the mean or sum of weighted neighbours (Morris et al. 2019)"},
      {"cheb", cheb, false, "Chebyshev polynomials of the Laplacian (Defferrard et al. 2016)"},
      {"gin", gin, false, "graph isomorphism network; with edge attributes GINE (Xu et al. 2019, Hu et al. 2020)"},
      {"rgcn", rgcn, false, "relational graph convolution: a matrix per edge type (Schlichtkrull et al. 2018)"},
      {"sgc", sgc, true, "simple graph convolution: K steps, one linear layer (Wu et al. 2019)"},
      {"appnp", appnp, true, "an MLP, then K steps of personalised PageRank (Gasteiger et al. 2019)"},
      {"mlp", mlp, false, "linear layers that see no edges"},
      {"table", table, true, "a learned vector per node"},
  };
  return kinds;
}

const ConvolutionKind& convolution_kind(const std::string& name) {
  std::string known;
  for (const ConvolutionKind& kind : convolution_kinds()) {
    if (kind.name == name) return kind;
    known += (known.empty() ? "" : ", ") + std::string(kind.name);
  }
  throw Error(Fault::usage, "encoder: expected one of " + known + ", got \"" + name + "\"");
}

}  // namespace pfm
