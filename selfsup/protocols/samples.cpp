#include <fmt/format.h>
#include <pfm/graph/text_samples.h>
#include <pfm/selfsup/protocols/samples.h>

#include <algorithm>
#include <numeric>

namespace pfm {

bool of_samples(const Dataset& data) { return data.graphs() > 1 || data.task == Task::graph; }

void need_row_per_sample(const Outcome& outcome, const Dataset& data) {
  if (outcome.embedding.rows() == data.graphs()) return;
  throw Error(Fault::input, fmt::format("{}: this protocol scores a row for each of {} samples, and these are {} rows; "
                                        "take a method of whole samples: `pfm methods` names the domain of each",
                                        data.name, data.graphs(), outcome.embedding.rows()));
}

void need_row_per_node(Offset rows, const Dataset& data) {
  if (rows == data.nodes()) return;
  throw Error(Fault::input, fmt::format("{}: this protocol scores pairs of {} nodes, and these are {} rows; take a "
                                        "method of nodes: `pfm methods` names the domain of each",
                                        data.name, data.nodes(), rows));
}

Dataset shown(const Dataset& data, const Split& split) {
  Dataset seen = with_classes_of(data, split.train);
  seen.splits = {{"train", split.train}, {"test", split.test}};
  if (!split.validation.empty()) seen.splits["validation"] = split.validation;
  return seen;
}

Dataset training_samples(const Dataset& data, const Split& split) {
  const Dataset whole = shown(data, split);
  std::vector<NodeId> keep = split.train;
  keep.insert(keep.end(), split.validation.begin(), split.validation.end());
  std::ranges::sort(keep);
  std::vector<NodeId> number(std::size_t(data.graphs()), -1);
  for (std::size_t i = 0; i < keep.size(); ++i) number[std::size_t(keep[i])] = NodeId(i);
  Dataset part;
  part.name = data.name, part.task = data.task, part.targets.class_names = data.targets.class_names;
  part.all = chosen_samples(data.all, keep);
  part.all.ids.clear();
  std::iota(part.all.samples.begin(), part.all.samples.end(), std::int64_t{0});
  part.targets.classes = classes_of(whole, keep);
  for (const char* name : {"train", "validation"})
    if (const auto found = whole.splits.find(name); found != whole.splits.end())
      for (const NodeId g : found->second) part.splits[name].push_back(number[std::size_t(g)]);
  const int texts = texts_of_a_sample(data);
  for (const NodeId g : keep)
    for (int t = 0; t < texts; ++t) part.texts.push_back(data.texts[std::size_t(texts * g + t)]);
  return part;
}

}  // namespace pfm
