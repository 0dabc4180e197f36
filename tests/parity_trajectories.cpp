// trajectories/: ten training steps of a whole system with every random choice given.
#include <fmt/format.h>
#include <pfm/graph/build.h>
#include <pfm/selfsup/experiment.h>
#include <pfm/selfsup/methods/methods.h>
#include <pfm/tests/parity.h>

#include <algorithm>

namespace pfm::parity {
namespace {

using fixture::Array;
using fixture::Group;

// Our name of a weight and theirs; linear weights are [out, in] there, [in, out] here.
struct Weight {
  std::string ours, theirs;
  bool transposed = false;
};

Matrix as_ours(const Array& array, bool transposed) {
  Matrix m = array.matrix();
  if (!transposed) return m;
  Matrix t(m.cols(), m.rows());
  for (Offset i = 0; i < m.rows(); ++i)
    for (Offset j = 0; j < m.cols(); ++j) t(j, i) = m(i, j);
  return t;
}

Array transposed_if(Array array, bool transposed) {
  if (!transposed) return array;
  const Matrix t = as_ours(array, true);
  array.values.assign(t.values().begin(), t.values().end());
  return array;
}

Dataset dataset_of(const Group& file) {
  const Array& index = file.array("graph/edge_index");
  const auto ids = index.as<NodeId>();
  const std::size_t edges = ids.size() / 2;
  std::vector<Edge> list;
  for (std::size_t e = 0; e < edges; ++e) list.push_back({ids[e], ids[edges + e]});
  Dataset data;
  data.all.x = Features(file.array("graph/x").matrix());
  data.all.graph = build_graph(NodeId(data.all.x.rows()), list, {},
                               {.undirected = false, .self_loops = BuildRules::SelfLoops::keep});
  return data;
}

Options::Values options_of(const Group& file, Offset hidden) {
  return {{"lr", fmt::format("{}", file.number("lr", 0))},
          {"weight_decay", fmt::format("{}", file.number("weight_decay", 0))},
          {"clip", fmt::format("{}", file.number("clip_grad_norm", 0))},
          {"epochs", fmt::format("{}", int(file.number("steps", 10)))},
          {"hidden", fmt::format("{}", hidden)},
          {"patience", "0"},
          {"features", "as-given"}};
}

Pretext started(const Pretext& pretext, const Group& file, const std::vector<Weight>& weights) {
  for (const auto& [ours, theirs, transposed] : weights)
    pretext.params.at(ours).value() = as_ours(file.array("init/" + theirs), transposed);
  return pretext;
}

bool compare_dgi(const Group& file, Comparison& compare) {
  const std::vector<Weight> weights{{"encoder.0.weight", "gcn.lin.weight", true},
                                    {"encoder.0.bias", "gcn.bias"},
                                    {"encoder.0.slope", "prelu.weight"},
                                    {"discriminator.weight", "weight"},
                                    {"discriminator.bias", "bias"}};
  const Dataset data = dataset_of(file);
  const Array& order = file.array("step/permutation");
  const auto orders = order.as<NodeId>();
  const std::size_t nodes = std::size_t(data.nodes());
  auto make = [&](std::size_t* step) {
    const Corruption given = [=](const Batch& batch, Rng) {
      Batch view = batch;
      view.x = batch.x.gather(std::span(orders).subspan(nodes * (*step)++, nodes));
      return view;
    };
    const Options options(Rng(0), options_of(file, file.array("init/gcn.bias").size()));
    return started(deep_graph_infomax(data, options, given), file, weights);
  };
  const Group& expected = file.group(precision);
  const double gap = sizeof(Real) == 4 ? std::max(1e-5, 20 * file.number("loss_gap_f32_f64", 0)) : forward_tolerance;

  std::size_t first_step = 0, step = 0;
  const Pretext once = make(&first_step), trained = make(&step);
  backward(once.loss(data.all, Rng(0)));
  for (const auto& [ours, theirs, transposed] : weights)
    compare.gradient("first_grad/" + theirs, once.params.at(ours).grad(),
                     transposed_if(expected.array("first_grad/" + theirs), transposed));

  std::vector<double> losses;
  pretrain(trained, data.all, Rng(0), {.progress = [&](const Progress& p) { return losses.push_back(p.loss), true; }});
  const Array& golden = expected.array("loss");
  if (losses.size() != golden.values.size()) compare.fail("as many losses as steps");
  for (std::size_t t = 0; t < std::min(losses.size(), golden.values.size()); ++t)
    compare.number(fmt::format("loss {}", t), losses[t], golden.values[t], gap);
  for (const auto& [ours, theirs, transposed] : weights)
    compare.forward("final/" + theirs, trained.params.at(ours).value(),
                    transposed_if(expected.array("final/" + theirs), transposed), gap);
  compare.forward("embedding", outcome_of(trained, data.all).embedding.as_dense(), expected.array("embedding"), gap);
  return true;
}

}  // namespace

std::vector<Case> trajectory_cases(std::shared_ptr<const Group> file, const std::filesystem::path& path) {
  const std::string system = path.stem();
  return {{"steps", [=](Comparison& compare) { return system == "dgi" && compare_dgi(*file, compare); }}};
}

}  // namespace pfm::parity
