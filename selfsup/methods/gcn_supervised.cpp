// Supervised GCN (Kipf & Welling 2017, arXiv:1609.02907): the plain baseline. Two layers, cross-entropy on the labelled
// rows (eq. 9-10).
#include <pfm/selfsup/methods/methods.h>
#include <pfm/selfsup/node_classifier.h>

namespace pfm {

static Pretext make(const Dataset& data, const Options& o) {
  const NodeClassifier network("gcn-supervised", data, o,
                               {.training = {.epochs = 200, .lr = 0.01, .weight_decay = 5e-4}});
  return network.pretext([=](const Batch& b, Rng rng) { return network.supervised(b, network.rows(b, rng)); });
}

Method gcn_supervised() {
  return {.id = "gcn-supervised",
          .name = "Supervised GCN",
          .make = make,
          .paper = "1609.02907",
          .presets = {{"cora", "public-dgi", {}, {81.5, 0, "GCN, table 2"}},
                      {"citeseer", "public-dgi", {}, {70.3, 0, "GCN, table 2"}}},
          .about = "two graph convolutions trained on the labelled nodes: the baseline that sees labels"};
}

}  // namespace pfm
