#include <pfm/nn/classification.h>
#include <pfm/nn/layers.h>
#include <pfm/sampling/negatives.h>
#include <pfm/selfsup/heads.h>
#include <pfm/selfsup/losses.h>
#include <pfm/selfsup/pair_rows.h>

namespace pfm {
namespace {

// The encoder's rows as the head gets them.
std::function<Var(const Batch&, const std::optional<Rng>&)> rows_of(const Encoder& encoder, double rate) {
  return [=, drop = Dropout{Real(rate)}](const Batch& b, const std::optional<Rng>& rng) {
    return rng ? drop(encoder(b, rng->split("encoder")), rng->split("head")) : encoder(b);
  };
}

MiniBatches of_known(const Batch& all, std::span<const std::int32_t> classes, Offset size) {
  std::vector<NodeId> known;
  for (std::size_t i = 0; i < classes.size(); ++i)
    if (classes[i] >= 0) known.push_back(NodeId(i));
  return in_random_order(
      std::move(known), size,
      [all = std::make_shared<const Batch>(all)](std::span<const NodeId> chosen, const Rng&) {
        return chosen_samples(*all, chosen);
      },
      2);
}

}  // namespace

HeadSettings head_from(const Options& o, Task task) {
  Training training{.epochs = 200, .watch = "validation-loss", .lr = 0.01, .weight_decay = 5e-4};
  if (task == Task::link) training.weight_decay = 0;
  if (task == Task::graph) training.epochs = 100, training.batch = 32, training.lr = 0.001, training.weight_decay = 0;
  HeadSettings head{.training = training_options(o, training)};
  head.training.watch = watch_from(o, training.watch.c_str());
  head.dropout = o("head_dropout", 0.5);
  if (!(head.dropout >= 0 && head.dropout < 1)) throw Error(Fault::usage, "option head_dropout: from 0 to below 1");
  if (task == Task::graph) head.labels = o("labels", 0);
  if (head.labels < 0) throw Error(Fault::usage, "option labels: how many are learned from, 0 for all");
  return head;
}

Pretext with_class_head(const Pretext& start, Task task, std::vector<std::int32_t> classes, int count,
                        const HeadSettings& settings) {
  const Linear head(start.params / "finetune", start.encoder.width, count);
  const auto rows = rows_of(start.encoder, settings.dropout);
  Pretext pretext{.params = start.params,
                  .encoder = start.encoder,
                  .loss = {},
                  .training = settings.training,
                  .prepare = start.prepare,
                  .class_scores = [=](const Batch& b) { return head(rows(b, {})).value().clone(); }};
  if (task != Task::graph) {
    pretext.loss = [=](const Batch& b, Rng rng) { return cross_entropy(head(rows(b, rng)), classes); };
    return pretext;
  }
  pretext.loss = [=](const Batch& b, Rng rng) {
    std::vector<std::int32_t> here;
    for (const std::int64_t g : b.samples) here.push_back(classes[std::size_t(g)]);
    return cross_entropy(head(rows(b, rng)), here);
  };
  pretext.batches = [=, size = settings.training.batch](const Batch& all) { return of_known(all, classes, size); };
  return pretext;
}

Pretext with_link_head(const Pretext& start, const HeadSettings& settings) {
  const Linear head(start.params / "finetune", start.encoder.width, 1);
  const auto rows = rows_of(start.encoder, settings.dropout);
  auto loss = [=](const Batch& b, Rng rng) {
    const std::vector<Edge> edges = b.graph.pairs();
    const std::vector<Edge> others = negative_pairs(b.graph, Offset(edges.size()), rng.split("negatives"));
    const Var h = rows(b, rng);
    return logistic_loss(head(products(h, edges)), head(products(h, others)));
  };
  const auto scores = [=](const Matrix& embedded, std::span<const Edge> pairs) {
    return head(products(Var(embedded.clone()), pairs)).value().clone();
  };
  return {.params = start.params,
          .encoder = start.encoder,
          .loss = loss,
          .training = settings.training,
          .prepare = start.prepare,
          .pair_scores = scores};
}

}  // namespace pfm
