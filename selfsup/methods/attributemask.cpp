// AttributeMask (Jin et al. 2020, arXiv:2006.10141, section 3.2): beside the classes, rows of unlabelled nodes whose
// features are hidden must tell them, in few columns.
#include <pfm/nn/ops.h>
#include <pfm/nn/reductions.h>
#include <pfm/nn/shape.h>
#include <pfm/selfsup/feature_svd.h>
#include <pfm/selfsup/methods/methods.h>
#include <pfm/selfsup/node_classifier.h>

namespace pfm {

static Pretext make(const Dataset& data, const Options& o) {
  const double lambda = o("lambda", 100.0), rate = o("mask_rate", 0.1);
  const int columns = o("components", 100);
  if (!(rate > 0 && rate < 1)) throw Error(Fault::usage, "option mask_rate: above 0 and below 1");
  if (columns < 1) throw Error(Fault::usage, "option components: at least 1");
  const NodeClassifier network("attributemask", data, o, joint_defaults());
  Batch seen = network.prepare(data.all);
  const Svd parts = feature_svd(seen.x, columns, o.rng.split("svd"));
  const Offset width = parts.left.cols();
  const Linear head(network.params / "attributes", network.encoder.width, width);
  std::vector<NodeId> hidden;
  for (NodeId v = 0; v < data.nodes(); ++v)
    if (network.classes[std::size_t(v)] < 0) hidden.push_back(v);
  if (hidden.empty()) hidden = permutation(data.nodes(), o.rng.split("all"));  // all are labelled: any may be hidden
  hidden = shuffled(hidden, o.rng.split("hidden"));
  hidden.resize(std::size_t(rate * double(hidden.size())));
  if (hidden.empty()) throw Error(Fault::input, data.name + ": attributemask needs more nodes, or a larger mask_rate");
  Matrix truth(Offset(hidden.size()), width);
  for (Offset i = 0; i < truth.rows(); ++i)
    for (Offset j = 0; j < width; ++j)
      truth(i, j) = parts.left(hidden[std::size_t(i)], j) * Real(parts.values[std::size_t(j)]);
  seen.x = without_rows(seen.x, hidden);
  return network.jointly(
      lambda,
      [=, attributes = Var(std::move(truth))](const Var& rows, Rng) {
        return mean(square(subtract(head(gather_rows(rows, hidden)), attributes)));
      },
      seen);
}

Method attributemask() {
  return {.id = "attributemask",
          .name = "AttributeMask",
          .make = make,
          .paper = "2006.10141",
          .presets = {{"cora", "semi", {}, {81.47, 0, "Jin et al. 2020"}},
                      {"citeseer", "semi", {{"lambda", "5"}}, {}},
                      {"pubmed", "semi", {{"lambda", "50"}}, {}}},
          .about = "learns classes and the hidden features of some unlabelled nodes",
          .baseline = gcn_supervised};
}

}  // namespace pfm
