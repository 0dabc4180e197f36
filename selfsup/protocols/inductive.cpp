// Nodes that training never saw (Hamilton, Ying, Leskovec 2017, arXiv:1706.02216, section 4).
#include <fmt/format.h>
#include <pfm/selfsup/protocols/nodes.h>
#include <pfm/selfsup/protocols/protocols.h>

#include <algorithm>

namespace pfm {
namespace {

// Half of all nodes, drawn uniformly from those outside the training part.  [N]
std::vector<char> hidden_nodes(const Dataset& data, const Split& split, const Rng& rng) {
  std::vector<char> labelled(std::size_t(data.nodes())), hidden(std::size_t(data.nodes()));
  for (const NodeId v : split.train) labelled[std::size_t(v)] = 1;
  std::size_t wanted = hidden.size() / 2;
  for (const NodeId v : permutation(data.nodes(), rng.split("hidden")))
    if (wanted > 0 && !labelled[std::size_t(v)]) hidden[std::size_t(v)] = 1, --wanted;
  return hidden;
}

void need_one_kind(const Dataset& data) {
  if (!data.types.empty())
    throw Error(Fault::input, fmt::format("{}: inductive-l2 hides nodes of one kind, this data set has {} kinds",
                                          data.name, data.types.nodes.size()));
  if (data.all.x.is_identity())
    throw Error(Fault::input, fmt::format("{}: inductive-l2 embeds nodes that training never saw, which needs "
                                          "features; the nodes of this data set have none",
                                          data.name));
}

// The data set as if the other nodes did not exist; rows are numbered anew. keep: ascending
Dataset only(const Dataset& data, const std::vector<NodeId>& keep) {
  std::vector<NodeId> row(std::size_t(data.nodes()), -1);
  for (std::size_t i = 0; i < keep.size(); ++i) row[std::size_t(keep[i])] = NodeId(i);
  Dataset part;
  part.name = data.name, part.task = data.task, part.targets.class_names = data.targets.class_names;
  part.all = induced(data.all, keep);
  part.all.ids.clear();
  part.targets.classes = classes_of(data, keep);
  for (const auto& [name, nodes] : data.splits)
    for (const NodeId v : nodes)
      if (row[std::size_t(v)] >= 0) part.splits[name].push_back(row[std::size_t(v)]);
  for (const NodeId v : keep) {
    if (!data.names.empty()) part.names.push_back(data.names[std::size_t(v)]);
    if (!data.texts.empty()) part.texts.push_back(data.texts[std::size_t(v)]);
  }
  return part;
}

Dataset view(const Dataset& data, Rng rng) {
  need_one_kind(data);
  const Dataset whole = public_view(data, rng);
  const std::vector<char> hidden = hidden_nodes(data, given_split(data), rng);
  std::vector<NodeId> seen;
  for (NodeId v = 0; v < data.nodes(); ++v)
    if (!hidden[std::size_t(v)]) seen.push_back(v);
  return only(whole, seen);
}

Scores score(const Outcome& outcome, const Dataset& data, Rng rng) {
  Split split = given_split(data);
  const std::vector<char> hidden = hidden_nodes(data, split, rng);
  std::erase_if(split.test, [&](NodeId v) { return !hidden[std::size_t(v)]; });
  if (split.test.empty())
    throw Error(Fault::input, fmt::format("{}: inductive-l2 scores hidden nodes of the test part, and hid none of its "
                                          "{} nodes; use --protocol public-l2 for so few",
                                          data.name, given_split(data).test.size()));
  return l2_scores(outcome, data, split, rng);
}

}  // namespace

Protocol inductive_l2() {
  return {.id = "inductive-l2",
          .about =
              "half of all nodes, drawn outside the training part, do not exist during training and are embedded "
              "with the whole graph afterwards; the probe of public-l2, scored on the hidden nodes of the test "
              "part",
          .task = Task::node,
          .view = view,
          .score = score,
          .controls = node_controls,
          .embedded = public_view};
}

}  // namespace pfm
