// A linear head on an encoder: the weights of both are trained on labels.
#pragma once
#include <pfm/selfsup/method.h>

namespace pfm {

// How many of the labels that are shown are learned from.
struct LabelBudget {
  enum class Of { all, total, each_class, percent } of = Of::all;
  double count = 0;
};

// As many of the known classes as that, drawn at random; the others become -1. Of a class with fewer all of its own.
std::vector<std::int32_t> some_of(std::vector<std::int32_t> classes, const LabelBudget& budget, const Rng& rng);

struct HeadSettings {
  Training training;
  double dropout = 0;  // of what enters the head
  LabelBudget labels = {};
};

// Asks what training_options() and watch_from() ask, "batch" and "labels" (all, 500, 16/class, 10%) for whole graphs
// (texts, images) alone, and "head_dropout". Transformers of texts start from other values.
HeadSettings head_from(const Options& options, Task task, bool of_texts = false);

// The encoder of `start`, which it shares, and "finetune.weight", "finetune.bias": class scores of the encoder's rows,
// cross-entropy of those whose class is known. Of whole graphs, mini-batches of those, else all at once.
// classes [items] below `count`, -1 = not known
Pretext with_class_head(const Pretext& start, Task task, std::vector<std::int32_t> classes, int count,
                        const HeadSettings& head);

// Likewise scores of pairs, linear in the products of both rows, column by column: all edges of the graph against as
// many other pairs, drawn anew each step.
Pretext with_link_head(const Pretext& start, const HeadSettings& head);

}  // namespace pfm
