#include <fmt/format.h>
#include <pfm/graph/text_samples.h>
#include <pfm/selfsup/options.h>
#include <pfm/selfsup/protocols/protocols.h>
#include <pfm/selfsup/protocols/samples.h>

#include <algorithm>

namespace pfm {

Scores score_of(const Protocol& protocol, const Outcome& outcome, const Dataset& data, Rng rng) {
  const Offset rows = outcome.embedding.rows();
  if (protocol.task == Task::link && rows > 0) need_row_per_node(rows, data);
  if (protocol.task == Task::node && outcome.class_scores.empty() && of_samples(data))
    need_row_per_sample(outcome, data);
  return protocol.score(outcome, data, rng);
}

const std::vector<Protocol>& protocols() {
  static const std::vector<Protocol> all{
      public_dgi(),
      public_l2(),
      public_l2_unscaled(),
      inductive_l2(),
      random_10_10_80(),
      random_10_90_ovr(),
      topk_ovr(50),
      topk_ovr(10),
      topk_ovr(20),
      topk_ovr(30),
      topk_ovr(40),
      topk_ovr(60),
      topk_ovr(70),
      topk_ovr(80),
      topk_ovr(90),
      knn(),
      kmeans(),
      probe(),
      link_85_5_10(LinkScorer::own),
      link_85_5_10(LinkScorer::dot),
      link_85_5_10(LinkScorer::cosine),
      link_85_5_10(LinkScorer::hadamard),
      link_85_5_10_connected(),
      link_50(),
      semi(),
      semi_of_each(60),
      lowlabel(0.5),
      lowlabel(0.03),
      lowlabel(0.05),
      lowlabel(0.1),
      lowlabel(1),
      lowlabel(2),
      lowlabel(3),
      lowlabel(4),
      heco_20_40_60(),
      heco_20_40_60_decayed(),
      lr10(),
      svc10(),
      svc10_gm(),
      svc10_linear(),
      lm(),
      lm_at_validation(),
      held_out(),
      held_out_at_validation(),
      pairs(),
      sts(),
      sts_at_validation(),
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
  const bool labelled = data.targets.class_count() > 0;
  if (labelled && holds_texts(data) && !data.targets.pairs.empty()) return protocol("pairs");
  if (labelled && (!data.all.grids.empty() || holds_texts(data))) return protocol("probe");
  if (!labelled && holds_texts(data)) return protocol(!data.targets.pairs.empty() && data.targets.reals ? "sts" : "lm");
  if (labelled && (data.graphs() > 1 || data.task == Task::graph)) return protocol("svc10");
  if (labelled) {
    const auto has = [&](const char* part) { return data.splits.contains(part); };
    if (has("train_20") && has("train_40") && has("train_60")) return protocol("heco-20-40-60");
    return protocol(has("train") && has("validation") && has("test") ? "public-dgi" : "random-10-10-80");
  }
  if (data.targets.label_sets.rows() > 0 && data.graphs() == 1 && data.task != Task::graph) return protocol("topk-ovr");
  if (data.all.graph.edges() > data.all.graph.self_loops()) return protocol("link-85-5-10");
  throw Error(Fault::input, fmt::format("{}: there is nothing to score: neither labels nor edges", data.name));
}

}  // namespace pfm
