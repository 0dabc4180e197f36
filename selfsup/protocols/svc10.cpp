// Support vector classification of whole graphs in ten folds, as InfoGraph, GraphCL and GraphMAE are evaluated
// (Sun et al. 2020, arXiv:1908.01000).
#include <fmt/format.h>
#include <pfm/selfsup/logistic.h>
#include <pfm/selfsup/protocols/folds.h>
#include <pfm/selfsup/protocols/protocols.h>
#include <pfm/selfsup/support_vectors.h>

#include <algorithm>

namespace pfm {
namespace {

constexpr int inner_folds = 5;

void need_labelled_graphs(const Dataset& data) {
  const auto& classes = data.targets.classes;
  if (data.targets.class_count() == 0 || Offset(classes.size()) != data.graphs() || data.graphs() < 2)
    throw Error(Fault::input, fmt::format("{}: this protocol needs many graphs with a class each, the data set has {} "
                                          "graph{} and {} labels; a folder of the TU collection has such",
                                          data.name, data.graphs(), data.graphs() == 1 ? "" : "s", classes.size()));
  const auto first = std::ranges::find_if(classes, [](std::int32_t c) { return c >= 0; });
  if (std::ranges::all_of(classes, [&](std::int32_t c) { return c < 0 || c == *first; }))
    throw Error(Fault::input, fmt::format("{}: this protocol needs graphs of at least two classes, all labelled graphs "
                                          "are of class {}",
                                          data.name, *first));
}

Dataset view(const Dataset& data, Rng rng) {
  need_labelled_graphs(data);
  return view_of_folds(data, rng);
}

void need_row_per_graph(const Outcome& outcome, const Dataset& data) {
  need_labelled_graphs(data);
  if (outcome.embedding.rows() != data.graphs())
    throw Error(Fault::input,
                fmt::format("{}: this protocol scores a row per graph ({}), and these are {} rows; methods "
                            "of whole graphs are infograph, graphcl, graphmae and mvgrl",
                            data.name, data.graphs(), outcome.embedding.rows()));
}

constexpr Offset most_for_kernels = 20000;  // 20 bytes a pair and thread: 8 GB
constexpr double costs[] = {1e-3, 1e-2, 1e-1, 1, 10, 100, 1000};

// The first `count` costs.
template <std::size_t count>
Scores by_kernel(const Outcome& outcome, const Dataset& data, Rng rng) {
  need_row_per_graph(outcome, data);
  if (data.graphs() > most_for_kernels)
    throw Error(Fault::input, fmt::format("{}: kernels of all pairs of {} graphs, at most {} have room; use --protocol "
                                          "svc10-linear",
                                          data.name, data.graphs(), most_for_kernels));
  const RowDistances rows(outcome.embedding.as_dense());
  const std::vector<std::int32_t>& classes = data.targets.classes;
  return mean_of_folds(data, rng, [&](std::span<const NodeId> train, std::span<const NodeId> test, const Rng& draws) {
    const auto inner = stratified_folds(train, classes, inner_folds, draws);
    const double cost = chosen_cost(rows, classes, train, inner, std::span(costs).first(count));
    return SupportVectors(rows, classes, train, test, rows.scale_gamma(train)).answers(cost).classes;
  });
}

Scores by_plane(const Outcome& outcome, const Dataset& data, Rng rng) {
  need_row_per_graph(outcome, data);
  const int count = data.targets.class_count();
  return mean_of_folds(data, rng, [&](std::span<const NodeId> train, std::span<const NodeId> test, const Rng& draws) {
    const Features known = outcome.embedding.gather(train);
    const auto classes = classes_of(data, train);
    const double cost = cross_validated_cost(known, classes, count, costs, inner_folds, draws, RowLoss::squared_hinge);
    const LinearClassifier planes =
        one_vs_rest(known, one_label_each(classes, count), cost, 1e-6, RowLoss::squared_hinge);
    return arg_max(planes.decisions(outcome.embedding.gather(test)));
  });
}

Protocol variant(const char* id, const char* about, Scores (*score)(const Outcome&, const Dataset&, Rng)) {
  return {.id = id,
          .about = fmt::format(
              "10 folds (given ones, else stratified) of graphs; {} by 5 folds of the training part; mean of the folds",
              about),
          .task = Task::graph,
          .view = view,
          .score = score,
          .controls = {"majority", "sizes", "counts", "random"},
          .turns = turns_of_folds};
}

}  // namespace

Protocol svc10() {
  return variant("svc10",
                 "support vectors with the kernel e^(-gamma |x - y|^2), gamma = 1 / (columns x variance of all "
                 "entries), C of 10^-3 .. 10^3",
                 by_kernel<7>);
}

Protocol svc10_gm() {
  return variant("svc10-gm",
                 "support vectors with the kernel e^(-gamma |x - y|^2), gamma = 1 / (columns x variance of all "
                 "entries), C of 10^-3 .. 10",
                 by_kernel<5>);
}

Protocol svc10_linear() {
  return variant("svc10-linear",
                 "linear support vectors (squared hinge, one-vs-rest, intercept regularised), C of 10^-3 .. 10^3",
                 by_plane);
}

}  // namespace pfm
