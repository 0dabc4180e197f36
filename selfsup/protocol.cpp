#include <fmt/format.h>
#include <pfm/selfsup/options.h>
#include <pfm/selfsup/probe.h>
#include <pfm/selfsup/protocol.h>

#include <algorithm>

namespace pfm {
namespace {

Split public_split(const Dataset& data) {
  Split split;
  for (auto [name, ids] :
       {std::pair{"train", &split.train}, {"validation", &split.validation}, {"test", &split.test}}) {
    const auto found = data.splits.find(name);
    if (found == data.splits.end())
      throw Error(Fault::input,
                  fmt::format("{}: this protocol needs a split \"{}\", the data set has none; use --protocol "
                              "random-10-10-80 for data without splits",
                              data.name, name));
    *ids = found->second;
  }
  return split;
}

void need_classes(const Dataset& data) {
  if (data.targets.classes.empty())
    throw Error(Fault::input,
                fmt::format("{}: this protocol needs a class per node, the data set has none; use --protocol "
                            "link-85-5-10 for data without labels",
                            data.name));
}

// Labels outside `visible` are -1.
Dataset with_labels_of(const Dataset& data, std::span<const NodeId> visible) {
  Dataset view = data;
  std::ranges::fill(view.targets.classes, -1);
  for (NodeId v : visible) view.targets.classes[v] = data.targets.classes[v];
  return view;
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (double v : values) sum += v;
  return sum / double(values.size());
}

Dataset public_view(const Dataset& data, Rng) {
  need_classes(data);
  return with_labels_of(data, public_split(data).train);
}

// DGI's probe (Velickovic et al. 2019, section 4.2): rows as they are, 100 steps, no decay, mean of 50 initialisations.
Scores public_dgi(const Outcome& outcome, const Dataset& data, Rng rng) {
  Split split = public_split(data);
  split.validation.clear();
  const Probe probe{.repeats = 50, .steps = 100, .lr = 0.01, .weight_decay = 0};
  return {{"accuracy", mean(softmax_probe(outcome.embedding, data.targets.classes, split, probe, rng).last)}};
}

}  // namespace

const std::vector<Protocol>& protocols() {
  static const std::vector<std::string> node_controls{"raw", "a1", "a2", "a3", "random"};
  static const std::vector<Protocol> all{
      {"public-dgi", "public split; softmax regression, Adam .01, 100 steps, no decay, 50 initialisations", Task::node,
       public_view, public_dgi, node_controls},
  };
  return all;
}

const Protocol& protocol(const std::string& id) {
  std::vector<std::string> known;
  for (const Protocol& p : protocols()) {
    if (p.id == id) return p;
    known.push_back(p.id);
  }
  const std::string near = nearest_word(id, known);
  throw Error(Fault::usage,
              fmt::format("unknown protocol \"{}\"{}; known: {}", id,
                          near.empty() ? "" : fmt::format(", did you mean \"{}\"?", near), fmt::join(known, ", ")));
}

const Protocol& default_protocol(const Dataset& data) {
  if (data.splits.contains("train") && !data.targets.classes.empty()) return protocol("public-dgi");
  throw Error(Fault::input, fmt::format("{}: no protocol suits data without classes and splits; state one", data.name));
}

}  // namespace pfm
