#include <pfm/encoders/activation.h>
#include <pfm/encoders/stack.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/shape.h>

namespace pfm {

namespace {

struct Layer {
  Convolution convolution;
  std::optional<BatchNorm> norm;
  std::function<Var(const Var&)> activate;  // may be empty
  Real dropout = 0;
  bool norm_last = false, skip = false;

  // Of the kinds of nodes after a step; without dropout and skip.
  Var operator()(const AlikeStep& kinds, const Input& x, bool training) const {
    Batch where;
    where.graph = kinds.graph;
    Var h = convolution(where, x, {});
    const RowsAlike alike{kinds.count, kinds.views};
    if (norm && !norm_last) h = (*norm)(h, training, alike);
    if (activate) h = activate(h);
    return norm && norm_last ? (*norm)(h, training, alike) : h;
  }

  // Its first `rows` rows.
  Var operator()(const Batch& where, const Input& x, Offset rows, std::optional<Rng> rng) const {
    const Input entering = rng ? pfm::dropout(x, dropout, rng->split(1)) : x;
    Var h = convolution(where, entering, rng ? std::optional(rng->split(2)) : std::nullopt);
    h = first_rows(h, rows).var;
    if (norm && !norm_last) h = (*norm)(h, rng.has_value());
    if (activate) h = activate(h);
    if (norm && norm_last) h = (*norm)(h, rng.has_value());
    return skip && x.cols() == h.cols() ? add(h, as_var(first_rows(x, h.rows()))) : h;
  }
};

// What layer l of a sampled neighbourhood works on: `rows` rows from those of the hop behind.
Batch corner(const Batch& where, Offset rows, Offset sources) {
  Batch part;
  part.graph = where.graph.corner(NodeId(rows), NodeId(sources));
  return part;
}

}  // namespace

// The rows of all layers for kinds of nodes.
static std::vector<Var> rows_of_kinds(const std::vector<Layer>& layers, const Alike& kinds, bool training) {
  expect(kinds.steps.size() == layers.size(), "alike_layers: a step per layer");
  std::vector<Var> rows;
  for (std::size_t l = 0; l < layers.size(); ++l)
    rows.push_back(layers[l](kinds.steps[l], l == 0 ? Input(kinds.x) : Input(rows.back()), training));
  return rows;
}

// Whether a layer's row depends on nothing but the node's own and its neighbours' rows before it.
static bool sees_kinds(const StackSettings& s) {
  const ConvolutionSettings& c = s.convolution;
  return s.kind == "gin" && s.dropout == 0 && !s.skip && !c.batch_norm && !c.train_epsilon && c.edge_width == 0;
}

Encoder stack(const Params& p, Offset in, const StackSettings& s) {
  if (s.layers < 1) throw Error(Fault::usage, "layers: expected at least 1, got " + std::to_string(s.layers));
  const ConvolutionKind& kind = convolution_kind(s.kind);
  const Offset out = s.out > 0 ? s.out : s.hidden;
  std::vector<Layer> layers;
  for (int l = 0; l < s.layers; ++l) {
    const Params here = p / std::to_string(l);
    const bool last = l + 1 == s.layers;
    const Offset from = l == 0 ? in : s.hidden, to = last ? out : s.hidden;
    Layer layer;
    layer.convolution = (kind.once && !last ? convolution_kind("mlp") : kind).make(here, from, to, s.convolution);
    if (!last || s.activate_last) {
      if (s.batch_norm) layer.norm.emplace(here / "norm", to);
      layer.activate = activation(s.activation, here);
    }
    layer.dropout = s.dropout;
    layer.norm_last = s.norm_last, layer.skip = s.skip;
    layers.push_back(std::move(layer));
  }
  auto rows_of = [layers, all = s.all_layers, once = kind.once](const Batch& where, const Input& x,
                                                                std::optional<Rng> rng) {
    const bool narrowing = where.hops.size() == layers.size() + 1 && !once;
    const Offset seeds = where.hops.empty() ? where.rows() : where.hops[0];
    Input h = x;
    std::vector<Var> of_layers;
    for (std::size_t l = 0; l < layers.size(); ++l) {
      const Offset rows = narrowing ? where.hops[layers.size() - 1 - l] : where.rows();
      h = layers[l](narrowing ? corner(where, rows, h.rows()) : where, h, rows,
                    rng ? std::optional(rng->split(std::uint64_t(l))) : std::nullopt);
      if (all || l + 1 == layers.size()) of_layers.push_back(first_rows(h, seeds).var);
    }
    return of_layers;
  };
  if (!s.all_layers)
    return {[=](const Batch& where, const Input& x, std::optional<Rng> rng) { return rows_of(where, x, rng)[0]; },
            int(out)};
  Encoder side_by_side{[=](const Batch& where, const Input& x, std::optional<Rng> rng) {
                         return concat_columns(rows_of(where, x, rng));
                       },
                       int((s.layers - 1) * s.hidden + out), rows_of};
  if (sees_kinds(s))
    side_by_side.alike_layers = [layers](const Alike& kinds, bool training) {
      return rows_of_kinds(layers, kinds, training);
    };
  return side_by_side;
}

}  // namespace pfm
