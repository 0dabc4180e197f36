#include <libsvm/svm.h>
#include <pfm/kernels/exponential.h>
#include <pfm/kernels/gemm.h>
#include <pfm/kernels/parallel.h>
#include <pfm/kernels/rows.h>
#include <pfm/selfsup/metrics.h>
#include <pfm/selfsup/split.h>
#include <pfm/selfsup/support_vectors.h>

#include <algorithm>
#include <numeric>

namespace pfm {
namespace {

// Distances do not feel a shift, and around their mean the rows are short: less cancels in |x|^2 + |y|^2 - 2 x . y.
Matrix centred(const Matrix& rows) {
  const Matrix mean = column_means(rows);
  Matrix result = rows.clone();
  for (Offset i = 0; i < result.rows(); ++i)
    for (Offset j = 0; j < result.cols(); ++j) result(i, j) -= mean(0, j);
  return result;
}

Real squared_distance(std::span<const Real> x, std::span<const Real> y) {
  Real sum = 0;
  for (std::size_t j = 0; j < x.size(); ++j) sum += (x[j] - y[j]) * (x[j] - y[j]);
  return sum;
}

// Where nearly all cancels the differences themselves are summed: equal rows, which many graphs have, are then 0 apart
// and their kernel is 1. Noise there would make the problem no longer convex, and libsvm would go round in circles.
Matrix squared_distances(const Matrix& rows) {
  const Matrix x = centred(rows);
  Matrix result = multiply_transposed(x, x);
  std::vector<Real> norms(static_cast<std::size_t>(result.rows()));
  for (Offset i = 0; i < result.rows(); ++i) norms[std::size_t(i)] = result(i, i);
  parallel_for(result.rows(), rows_per_block(result.cols()), [&](Offset begin, Offset end) {
    for (Offset i = begin; i < end; ++i) {
      const std::span<Real> row = result.row(i);
      for (std::size_t j = 0; j < row.size(); ++j) {
        const Real both = norms[std::size_t(i)] + norms[j];
        row[j] = both - 2 * row[j];
        if (row[j] < Real(1e-3) * both) row[j] = squared_distance(x.row(i), x.row(Offset(j)));
      }
    }
  });
  return result;
}

struct Trained {  // frees what libsvm made
  svm_model* model;
  explicit Trained(svm_model* made) : model(made) {}
  Trained(const Trained&) = delete;
  Trained& operator=(const Trained&) = delete;
  ~Trained() { svm_free_and_destroy_model(&model); }
};

}  // namespace

RowDistances::RowDistances(const Matrix& rows)
    : squared(squared_distances(rows)),
      sums(static_cast<std::size_t>(rows.rows())),
      squares(static_cast<std::size_t>(rows.rows())),
      columns(rows.cols()) {
  for (Offset i = 0; i < rows.rows(); ++i)
    for (const Real value : rows.row(i))
      sums[std::size_t(i)] += double(value), squares[std::size_t(i)] += double(value) * double(value);
}

double RowDistances::scale_gamma(std::span<const NodeId> among) const {
  const double entries = double(among.size()) * double(columns);
  double sum = 0, square = 0;
  for (const NodeId i : among) sum += sums[std::size_t(i)], square += squares[std::size_t(i)];
  const double variance = square / entries - (sum / entries) * (sum / entries);
  return variance > 1e-12 * square / entries ? 1 / (double(columns) * variance) : 1;
}

// libsvm reads the kernel of rows i and j at x[i][number of j].value; x[j][0].value is that number.
struct SupportVectors::Kernel {
  std::vector<double> labels;   // of the training rows, ascending
  std::vector<svm_node> nodes;  // [train + test, 1 + train]
  std::vector<svm_node*> rows;  // [train + test]
};

// Training rows by class, so that libsvm meets the classes in their order.
static std::vector<NodeId> by_class(std::span<const NodeId> train, std::span<const std::int32_t> classes) {
  std::vector<NodeId> sorted(train.begin(), train.end());
  std::ranges::stable_sort(sorted, {}, [&](NodeId i) { return classes[std::size_t(i)]; });
  return sorted;
}

SupportVectors::SupportVectors(const RowDistances& rows, std::span<const std::int32_t> classes,
                               std::span<const NodeId> train, std::span<const NodeId> test, double gamma) {
  expect(!train.empty(), "SupportVectors: at least one row to learn");
  auto kernel = std::make_shared<Kernel>();
  const std::vector<NodeId> known = by_class(train, classes);
  for (const NodeId i : known) kernel->labels.push_back(classes[std::size_t(i)]);
  std::vector<NodeId> all = known;
  all.insert(all.end(), test.begin(), test.end());
  const std::size_t width = known.size() + 1;
  kernel->nodes.resize(all.size() * width);
  std::vector<Real> powers(known.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::span<const Real> squared = rows.squared.row(all[i]);
    for (std::size_t j = 0; j < known.size(); ++j) powers[j] = -Real(gamma) * squared[std::size_t(known[j])];
    for (Real& power : powers) power = exponential(power);
    svm_node* node = &kernel->nodes[i * width];
    kernel->rows.push_back(node);
    node[0] = {0, double(i + 1)};
    for (std::size_t j = 0; j < known.size(); ++j) node[j + 1] = {int(j) + 1, double(powers[j])};
  }
  kernel_ = std::move(kernel);
}

static svm_parameter settings(double cost, double tolerance, std::size_t rows) {
  static const bool silent = (svm_set_print_string_function([](const char*) {}), true);
  svm_parameter how{};
  how.svm_type = C_SVC;
  how.kernel_type = PRECOMPUTED;
  how.C = cost;
  how.eps = tolerance;
  how.shrinking = silent;
  how.cache_size = 1 + double(rows) * double(rows) * sizeof(float) / 1e6;  // all of it, in MB
  return how;
}

SupportVectors::Answers SupportVectors::answers(double cost, double tolerance) const {
  const std::size_t known = kernel_->labels.size(), asked = kernel_->rows.size() - known;
  const svm_parameter how = settings(cost, tolerance, known);
  // libsvm takes its arrays by plain pointers and changes neither.
  const svm_problem problem{int(known), const_cast<double*>(kernel_->labels.data()),
                            const_cast<svm_node**>(kernel_->rows.data())};
  const Trained trained(svm_train(&problem, &how));
  const Offset count = svm_get_nr_class(trained.model), pairs = count * (count - 1) / 2;
  Answers answers{{}, Matrix(Offset(asked), pairs)};
  std::vector<double> decisions(std::max<std::size_t>(1, std::size_t(pairs)));
  for (std::size_t i = 0; i < asked; ++i) {
    answers.classes.push_back(
        std::int32_t(svm_predict_values(trained.model, kernel_->rows[known + i], decisions.data())));
    std::copy_n(decisions.begin(), pairs, answers.decisions.row(Offset(i)).begin());
  }
  return answers;
}

double chosen_cost(const RowDistances& rows, std::span<const std::int32_t> classes, std::span<const NodeId> train,
                   const std::vector<std::vector<NodeId>>& folds, std::span<const double> costs, double tolerance) {
  std::vector<double> sums(costs.size(), 0);
  for (const std::vector<NodeId>& test : folds) {
    const std::vector<NodeId> learned = others(train, test);
    if (test.empty() || learned.empty()) continue;
    const SupportVectors machines(rows, classes, learned, test, rows.scale_gamma(learned));
    std::vector<std::int32_t> truth;
    for (const NodeId i : test) truth.push_back(classes[std::size_t(i)]);
    for (std::size_t c = 0; c < costs.size(); ++c)
      sums[c] += accuracy(truth, machines.answers(costs[c], tolerance).classes);
  }
  return costs[std::size_t(std::ranges::max_element(sums) - sums.begin())];
}

}  // namespace pfm
