#include <fmt/format.h>
#include <pfm/nn/classification.h>
#include <pfm/nn/layers.h>
#include <pfm/nn/pair_ops.h>
#include <pfm/sampling/negatives.h>
#include <pfm/selfsup/heads.h>
#include <pfm/selfsup/losses.h>

#include <charconv>
#include <cmath>
#include <map>

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

// "all", "500", "16/class" or "10%".
LabelBudget label_budget(const std::string& text) {
  using Of = LabelBudget::Of;
  if (text == "all") return {};
  LabelBudget budget;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), budget.count);
  const std::string_view unit(end, std::size_t(text.data() + text.size() - end));
  for (const auto& [name, of] : {std::pair{"", Of::total}, {"/class", Of::each_class}, {"%", Of::percent}})
    if (unit == name) budget.of = of;
  const bool whole = budget.of == Of::percent ? budget.count <= 100 : budget.count == std::floor(budget.count);
  if (error != std::errc() || budget.of == Of::all || !(budget.count > 0 && whole))
    throw Error(Fault::usage, fmt::format("option labels: all, or how many are learned from, such as 500, 16/class or "
                                          "10%, not \"{}\"",
                                          text));
  return budget;
}

// AdamW, a rate and few epochs as for fine-tuning small models of BERT's kind (Turc et al. 2019, arXiv:1908.08962).
Training text_training() {
  return {.epochs = 5,
          .batch = 32,
          .watch = "validation-loss",
          .optimiser = "adamw",
          .lr = 1e-4,
          .weight_decay = 0.01,
          .clip = 1,
          .schedule = "linear",
          .warmup = 1};
}

}  // namespace

std::vector<std::int32_t> some_of(std::vector<std::int32_t> classes, const LabelBudget& budget, const Rng& rng) {
  using Of = LabelBudget::Of;
  if (budget.of == Of::all) return classes;
  std::vector<NodeId> known;
  for (std::size_t i = 0; i < classes.size(); ++i)
    if (classes[i] >= 0) known.push_back(NodeId(i));
  double most = budget.count;
  if (budget.of == Of::percent) most = std::max(1.0, std::round(budget.count / 100 * double(known.size())));
  std::map<std::int32_t, double> taken;  // of each class, or of all as one
  for (const NodeId i : shuffled(known, rng)) {
    std::int32_t& c = classes[std::size_t(i)];
    if (++taken[budget.of == Of::each_class ? c : 0] > most) c = -1;
  }
  return classes;
}

HeadSettings head_from(const Options& o, Task task, bool of_texts) {
  Training training{.epochs = 200, .watch = "validation-loss", .lr = 0.01, .weight_decay = 5e-4};
  if (task == Task::link) training.weight_decay = 0;
  if (task == Task::graph) training.epochs = 100, training.batch = 32, training.lr = 0.001, training.weight_decay = 0;
  if (of_texts) training = text_training();
  HeadSettings head{.training = training_options(o, training)};
  head.training.watch = watch_from(o, training.watch.c_str());
  head.dropout = chance_from(o, "head_dropout", of_texts ? 0.1 : 0.5);
  if (task == Task::graph) head.labels = label_budget(o("labels", "all"));
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
    return logistic_loss(head(pair_products(h, edges)), head(pair_products(h, others)));
  };
  const auto scores = [=](const Matrix& embedded, std::span<const Edge> pairs) {
    return head(pair_products(Var(embedded.clone()), pairs)).value().clone();
  };
  return {.params = start.params,
          .encoder = start.encoder,
          .loss = loss,
          .training = settings.training,
          .prepare = start.prepare,
          .pair_scores = scores};
}

}  // namespace pfm
