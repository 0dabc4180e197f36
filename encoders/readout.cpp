#include <pfm/encoders/readout.h>
#include <pfm/nn/graph_ops.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/segments.h>
#include <pfm/nn/shape.h>

namespace pfm {

std::vector<Offset> segments_of(const Batch& batch) {
  if (!batch.segments.empty()) return batch.segments;
  return {0, Offset(batch.rows())};
}

std::vector<NodeId> starts_of(Segments segments) {
  std::vector<NodeId> starts;
  for (std::size_t g = 0; g + 1 < segments.size(); ++g) {
    expect(segments[g] < segments[g + 1], "starts_of: segments with a first row");
    starts.push_back(NodeId(segments[g]));
  }
  return starts;
}

Var sum_readout(const Batch& batch, const Var& rows) { return segment_sums(rows, segments_of(batch)); }
Var mean_readout(const Batch& batch, const Var& rows) { return segment_means(rows, segments_of(batch)); }
Var max_readout(const Batch& batch, const Var& rows) { return segment_max(rows, segments_of(batch)); }

AttentionReadout::AttentionReadout(const Params& p, Offset width) : gate(p / "gate", width, 1) {}

Var AttentionReadout::operator()(const Batch& batch, const Var& rows) const {
  const std::vector<Offset> segments = segments_of(batch);
  return segment_sums(multiply_column(rows, segment_softmax(gate(rows), segments)), segments);
}

Encoder pooled(const Encoder& rows, const Readout& readout) {
  const auto forward = [=](const Batch& where, const Input& x, std::optional<Rng> rng) {
    return readout(where, rows.forward(where, x, rng));
  };
  return {forward, rows.width};
}

Encoder pooled_by_layer(const Encoder& rows, const Readout& readout) {
  if (!rows.layers) return pooled(rows, readout);
  const auto forward = [=](const Batch& where, const Input& x, std::optional<Rng> rng) {
    std::vector<Var> layers = rows.layers(where, x, rng);
    for (Var& layer : layers) layer = readout(where, layer);
    return concat_columns(layers);
  };
  return {forward, rows.width};
}

std::optional<Alike> SummedLayers::alike(const Batch& batch) const {
  return rows_.alike_layers ? pfm::alike(batch, layers_) : std::nullopt;
}

Var SummedLayers::operator()(const Alike& kinds, bool training) const {
  std::vector<Var> sums = rows_.alike_layers(kinds, training);
  for (std::size_t l = 0; l < sums.size(); ++l) sums[l] = spmm(kinds.steps[l].members, sums[l]);
  return concat_columns(sums);
}

Encoder SummedLayers::encoder() const {
  return {
      [all = pooled_by_layer(rows_, sum_readout), *this](const Batch& where, const Input& x, std::optional<Rng> rng) {
        if (x.var || x.added) return all.forward(where, x, rng);
        Batch batch = where;
        batch.x = x.fixed;
        const std::optional<Alike> kinds = alike(batch);
        return kinds ? (*this)(*kinds, rng.has_value()) : all.forward(where, x, rng);
      },
      rows_.width};
}

Readout readout(const std::string& name, const Params& p, Offset width) {
  if (name == "sum") return sum_readout;
  if (name == "mean") return mean_readout;
  if (name == "max") return max_readout;
  if (name == "attention") return AttentionReadout(p, width);
  throw Error(Fault::usage, "readout: expected sum, mean, max or attention, got \"" + name + "\"");
}

}  // namespace pfm
