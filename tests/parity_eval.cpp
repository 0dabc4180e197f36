// eval/: metrics, clustering, neighbours, probes and classifiers against scikit-learn and scipy.
#include <pfm/kernels/exponential.h>
#include <pfm/kernels/gemm.h>
#include <pfm/nn/classification.h>
#include <pfm/nn/ops.h>
#include <pfm/selfsup/kmeans.h>
#include <pfm/selfsup/logistic.h>
#include <pfm/selfsup/metrics.h>
#include <pfm/selfsup/neighbours.h>
#include <pfm/selfsup/probe.h>
#include <pfm/selfsup/protocols/nodes.h>
#include <pfm/selfsup/split.h>
#include <pfm/selfsup/support_vectors.h>
#include <pfm/tests/parity.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>

namespace pfm::parity {
namespace {

using fixture::Group;

constexpr double metric_tolerance = 1e-9;
constexpr double optimum_tolerance = 1e-6;

std::vector<std::int32_t> labels(const fixture::Array& a) { return a.as<std::int32_t>(); }

bool classes(const Group&, const Group& g, Comparison& c) {
  const auto truth = labels(g.array("true")), predicted = labels(g.array("predicted"));
  const F1 found = f1(truth, predicted);
  c.number("accuracy", accuracy(truth, predicted), g.number("accuracy", NAN), metric_tolerance);
  c.number("micro f1", found.micro, g.number("micro_f1", NAN), metric_tolerance);
  c.number("macro f1", found.macro, g.number("macro_f1", NAN), metric_tolerance);
  c.number("weighted f1", found.weighted, g.number("weighted_f1", NAN), metric_tolerance);
  return true;
}

bool clustering_labels(const Group&, const Group& g, Comparison& c) {
  const Agreement found = agreement(labels(g.array("true")), labels(g.array("found")));
  const std::pair<const char*, double> all[] = {
      {"ari", found.ari},
      {"nmi_arithmetic", found.nmi},
      {"nmi_geometric", found.nmi_geometric},
      {"nmi_max", found.nmi_max},
      {"nmi_min", found.nmi_min},
      {"homogeneity", found.homogeneity},
      {"completeness", found.completeness},
  };
  for (const auto& [name, value] : all) c.number(name, value, g.number(name, NAN), metric_tolerance);
  return true;
}

bool clustering_kmeans(const Group& file, const Group& g, Comparison& c) {
  const Clusters found = kmeans_from(file.array("x_train").matrix(), g.array("init").matrix());
  const std::vector<std::int64_t> ids(found.labels.begin(), found.labels.end());
  c.exact("label", ids, g.array("label"));
  c.forward("center", found.centres, g.array("center"));
  const double inertia = g.number("inertia", NAN);
  c.number("inertia", found.inertia, inertia, forward_tolerance * inertia);
  return true;
}

bool correlation(const Group&, const Group& g, Comparison& c) {
  const auto u = g.array("u").values, v = g.array("v").values, w = g.array("w").values;
  c.number("pearson u v", pearson(u, v), g.number("pearson_uv", NAN), metric_tolerance);
  c.number("spearman u v", spearman(u, v), g.number("spearman_uv", NAN), metric_tolerance);
  c.number("spearman v w", spearman(v, w), g.number("spearman_vw", NAN), metric_tolerance);
  const auto ranks = average_ranks(w), expected = g.array("rank_w").values;
  for (std::size_t i = 0; i < ranks.size(); ++i) c.number("rank of w", ranks[i], expected.at(i), 0);
  return true;
}

bool knn_weighted(const Group& file, const Group& g, Comparison& c) {
  const auto known = labels(file.array("y_train"));
  const int count = 1 + *std::ranges::max_element(known);
  const Matrix votes = neighbour_votes(file.array("x_train").matrix(), known, count, file.array("x_test").matrix(),
                                       int(g.number("k", NAN)), Real(g.number("tau", NAN)));
  double largest = 1;
  for (const double v : g.array("vote").values) largest = std::max(largest, v);
  c.forward("vote", votes, g.array("vote"), forward_tolerance * largest);
  std::vector<std::int64_t> predicted;
  for (Offset i = 0; i < votes.rows(); ++i)
    predicted.push_back(std::ranges::max_element(votes.row(i)) - votes.row(i).begin());
  c.exact("prediction", predicted, g.array("prediction"));
  return true;
}

// At zero weights the biases' exact gradient is zero for balanced classes, and Adam makes steps of rounding noise: only
// in double are weights and biases defined. The losses hardly feel it.
bool linear_probe(const Group& file, const Group& g, Comparison& c) {
  const auto known = labels(file.array("y_train")), asked = labels(file.array("y_test"));
  const Features train = file.array("x_train").matrix(), test = file.array("x_test").matrix();
  const int count = 1 + *std::ranges::max_element(known);
  ProbeTraining training(train, known, count, Matrix::zeros(count, train.cols()),
                         {.lr = g.number("lr", NAN), .weight_decay = g.number("weight_decay", NAN)});
  const auto logits = [&](const Features& x) {
    Matrix bias(1, count);
    std::copy_n(training.bias().data(), count, bias.data());
    return add_row(Var(multiply_transposed(x.dense(), training.weights())), Var(std::move(bias)));
  };
  const auto steps = Offset(g.number("steps", NAN));
  Matrix losses(1, steps);
  for (Offset step = 0; step < steps; ++step) {
    losses(0, step) = cross_entropy(logits(train), known).scalar();
    training.step();
  }
  c.forward("loss", losses, g.array("loss"));
  std::vector<std::int32_t> predicted;
  const Var found = logits(test);
  for (Offset i = 0; i < found.rows(); ++i)
    predicted.push_back(std::int32_t(std::ranges::max_element(found.value().row(i)) - found.value().row(i).begin()));
  c.number("accuracy", accuracy(asked, predicted), g.number("accuracy", NAN), metric_tolerance);
  if (sizeof(Real) == 4) return true;
  c.forward("weight", training.weights(), g.array("weight"));
  c.forward("bias", training.bias(), g.array("bias"));
  return true;
}

template <RowLoss loss>
bool one_versus_rest(const Group& file, const Group& g, Comparison& c) {
  const auto known = labels(file.array("y_train"));
  const int count = 1 + *std::ranges::max_element(known);
  const LinearClassifier found =
      one_vs_rest(file.array("x_train").matrix(), one_label_each(known, count), g.number("C", NAN), 1e-11, loss);
  Matrix coefficients(count, found.weights.rows());
  for (Offset i = 0; i < coefficients.rows(); ++i)
    for (Offset j = 0; j < coefficients.cols(); ++j) coefficients(i, j) = found.weights(j, i);
  c.forward("coef", coefficients, g.array("coef"), optimum_tolerance);
  c.forward("intercept", found.intercepts, g.array("intercept"), optimum_tolerance);
  const Matrix decisions = found.decisions(file.array("x_test").matrix());
  std::vector<std::int64_t> predicted;
  for (Offset i = 0; i < decisions.rows(); ++i)
    predicted.push_back(std::ranges::max_element(decisions.row(i)) - decisions.row(i).begin());
  c.exact("prediction", predicted, g.array("prediction"));
  return true;
}

// Multi-label: one problem per label, then of each row as many labels as it has.
bool top_labels(const Group&, const Group& g, Comparison& c) {
  const Features x = g.array("x").matrix(), y = Features(g.array("y").matrix()).as_sparse();
  std::vector<NodeId> train, test;
  const auto in_training = g.array("train").as<std::uint8_t>();
  for (std::size_t i = 0; i < in_training.size(); ++i) (in_training[i] ? train : test).push_back(NodeId(i));
  const Sparse known = y.gather(train).sparse(), truth = y.gather(test).sparse();
  const LinearClassifier found = one_vs_rest(x.gather(train), known, 1, 1e-11);
  Matrix coefficients(known.cols(), x.cols());
  for (Offset i = 0; i < coefficients.rows(); ++i)
    for (Offset j = 0; j < coefficients.cols(); ++j) coefficients(i, j) = found.weights(j, i);
  c.forward("coef", coefficients, g.array("coef"), optimum_tolerance);
  c.forward("intercept", found.intercepts, g.array("intercept"), optimum_tolerance);
  Matrix scores = found.decisions(x.gather(test));
  const Sparse predicted = most_probable(scores, truth);
  const Matrix marks = Features(predicted).as_dense();
  c.exact("prediction", std::vector<std::int64_t>(marks.values().begin(), marks.values().end()), g.array("prediction"));
  for (Real& score : scores.values()) score = logistic(score);
  c.forward("probability", scores, g.array("probability"), optimum_tolerance);
  const F1 both = f1(truth, predicted);
  c.number("micro f1", both.micro, g.number("micro_f1", NAN), metric_tolerance);
  c.number("macro f1", both.macro, g.number("macro_f1", NAN), metric_tolerance);
  return true;
}

// All rows of a file, those that are learned first.
Matrix train_and_test(const Group& file) {
  const Matrix train = file.array("x_train").matrix(), test = file.array("x_test").matrix();
  Matrix both(train.rows() + test.rows(), train.cols());
  std::ranges::copy(test.values(), std::ranges::copy(train.values(), both.data()).out);
  return both;
}

std::vector<NodeId> numbers(Offset begin, Offset end) {
  std::vector<NodeId> all(static_cast<std::size_t>(end - begin));
  std::iota(all.begin(), all.end(), NodeId(begin));
  return all;
}

// Of two classes scikit-learn's decision is positive for the second one.
bool support_vectors(const Group& file, const Group& g, Comparison& c) {
  std::vector<std::int32_t> classes = labels(file.array("y_train"));
  const auto known = Offset(classes.size());
  const bool two = g.array("decision_ovo").shape.size() == 1;
  if (two)
    for (std::int32_t& label : classes) label = label > 0;
  const RowDistances rows(train_and_test(file));
  const std::vector<NodeId> learned = numbers(0, known), asked = numbers(known, rows.squared.rows());
  const double gamma = g.number("gamma_value", NAN), scaled = rows.scale_gamma(learned),
               plain = 1 / double(rows.columns);
  c.number("gamma", std::abs(scaled - gamma) < std::abs(plain - gamma) ? scaled : plain, gamma, 1e-6);
  auto found = SupportVectors(rows, classes, learned, asked, gamma).answers(g.number("C", NAN), 1e-9);
  if (two)
    for (Real& decision : found.decisions.values()) decision = -decision;
  c.forward("decision", found.decisions, g.array("decision_ovo"), std::max(optimum_tolerance, forward_tolerance));
  const std::vector<std::int64_t> predicted(found.classes.begin(), found.classes.end());
  c.exact("prediction", predicted, g.array("prediction"));
  return true;
}

// Ten outer folds, of whose training parts inner folds choose C.
bool support_vector_grid(const Group& file, const Group& g, Comparison& c) {
  std::vector<std::int32_t> classes = labels(file.array("y_train"));
  std::ranges::copy(labels(file.array("y_test")), std::back_inserter(classes));
  const RowDistances rows(train_and_test(file));
  const std::vector<NodeId> all = numbers(0, rows.squared.rows());
  const auto outer = g.array("outer_fold").as<int>(), inner = g.array("inner_fold").as<int>();
  constexpr double costs[] = {1e-3, 1e-2, 1e-1, 1, 10, 100, 1000};
  for (std::size_t k = 0; k < 10; ++k) {
    std::vector<NodeId> test;
    std::vector<std::vector<NodeId>> held_out(5);
    for (const NodeId i : all) {
      const int fold = inner[k * all.size() + std::size_t(i)];
      (outer[std::size_t(i)] == int(k) ? test : held_out.at(std::size_t(fold))).push_back(i);
    }
    const std::vector<NodeId> train = others(all, test);
    const double cost = chosen_cost(rows, classes, train, held_out, costs, 1e-8);
    c.number("C", cost, g.array("best_C").values.at(k), 0);
    std::vector<std::int32_t> truth;
    for (const NodeId i : test) truth.push_back(classes[std::size_t(i)]);
    const SupportVectors machine(rows, classes, train, test, rows.scale_gamma(train));
    c.number("accuracy", accuracy(truth, machine.answers(cost, 1e-8).classes), g.array("accuracy").values.at(k),
             metric_tolerance);
  }
  return true;
}

bool binary_ranking(const Group&, const Group& g, Comparison& c) {
  std::vector<double> positive, negative;
  const auto &score = g.array("score").values, &label = g.array("label").values;
  for (std::size_t i = 0; i < score.size(); ++i) (label[i] > 0 ? positive : negative).push_back(score[i]);
  c.number("auc", auc(positive, negative), g.number("roc_auc", NAN), metric_tolerance);
  c.number("average precision", average_precision(positive, negative), g.number("average_precision", NAN),
           metric_tolerance);
  return true;
}

bool entities(const Group&, const Group& g, Comparison& c) {
  const auto& scores = g.array("score");
  const auto marks = g.array("filtered_out").as<std::uint8_t>();
  const auto targets = g.array("target").as<std::size_t>();
  const std::size_t width = std::size_t(scores.shape.at(1));
  std::vector<double> ranks;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    ranks.push_back(rank_of(std::span(scores.values).subspan(i * width, width), targets[i],
                            std::span(marks).subspan(i * width, width)));
    c.number("rank", ranks.back(), g.array("rank_realistic").values.at(i), metric_tolerance);
  }
  c.number("mrr", mean_reciprocal_rank(ranks), g.number("mrr_realistic", NAN), metric_tolerance);
  for (const int k : {1, 3, 10})
    c.number("hits", hits_at(k, ranks), g.number("hits" + std::to_string(k) + "_realistic", NAN), metric_tolerance);
  return true;
}

struct Entry {
  const char* prefix;  // of the group's path
  bool (*compare)(const Group& file, const Group& group, Comparison& comparison);
};

const Entry entries[] = {
    {"classes", classes},
    {"clustering/kmeans", clustering_kmeans},
    {"clustering/labels", clustering_labels},
    {"correlation", correlation},
    {"deepwalk_topk", top_labels},
    {"knn_weighted", knn_weighted},
    {"linear_probe", linear_probe},
    {"linear_svc", one_versus_rest<RowLoss::squared_hinge>},
    {"logistic/ovr_liblinear", one_versus_rest<RowLoss::logistic>},
    {"ranking/entities", entities},
    {"ranking/no_ties", binary_ranking},
    {"ranking/ties", binary_ranking},
    {"svc_grid_10fold", support_vector_grid},
    {"svc_rbf", support_vectors},
};

// Groups that hold arrays or numbers themselves; the others hold such groups.
void collect(const std::shared_ptr<const Group>& file, const Group& group, const std::string& path,
             std::vector<Case>& cases) {
  for (const auto& [name, below] : group.groups) {
    const std::string here = path.empty() ? name : path + "/" + name;
    if (below.arrays.empty()) {
      collect(file, below, here, cases);
      continue;
    }
    cases.push_back({here, [=](Comparison& c) {
                       for (const Entry& e : entries)
                         if (here.starts_with(e.prefix)) return e.compare(*file, file->group(here), c);
                       return false;
                     }});
  }
}

}  // namespace

std::vector<Case> eval_cases(std::shared_ptr<const Group> file, const std::filesystem::path&) {
  std::vector<Case> cases;
  collect(file, *file, "", cases);
  return cases;
}

}  // namespace pfm::parity
