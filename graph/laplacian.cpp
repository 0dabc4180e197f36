#include <Spectra/SymEigsSolver.h>
#include <fmt/format.h>
#include <pfm/graph/components.h>
#include <pfm/graph/degrees.h>
#include <pfm/graph/laplacian.h>
#include <pfm/kernels/eigen.h>
#include <pfm/kernels/spmm.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace pfm {
namespace {

using Vectors = Eigen::MatrixXd;  // [N, k], columns one after the other

std::vector<double> root_degrees(const Graph& graph) {
  std::vector<double> roots = strengths(graph);
  for (double& d : roots) d = std::sqrt(d);
  return roots;
}

// 2 I - L, whose largest eigenvalues are the smallest of L, with what was found moved to -1, below all others.
class Complement {
 public:
  using Scalar = double;
  Complement(const Sparse& a, const std::vector<double>& roots) : a_(a), roots_(roots) {}
  Offset rows() const { return a_.rows(); }
  Offset cols() const { return a_.rows(); }
  const Sparse& adjacency() const { return a_; }

  void perform_op(const double* x, double* y) const {
    parallel_rows(a_.view(), 16384, [&](Offset begin, Offset end) {
      for (Offset v = begin; v < end; ++v) y[v] = row_times(v, x);
    });
    for (const auto& [value, vector] : found_) {  // each vector's share, wherever it comes from
      const Eigen::Map<const Eigen::VectorXd> in(x, rows());
      Eigen::Map<Eigen::VectorXd> out(y, rows());
      out -= (3 - value) * vector.dot(in) * vector;
    }
  }
  double row_times(Offset v, const double* x) const {
    if (roots_[v] == 0) return 2 * x[v];
    const auto targets = a_.columns(v);
    double sum = 0;
    for (std::size_t e = 0; e < targets.size(); ++e)
      if (roots_[targets[e]] > 0)
        sum += (a_.weighted() ? double(a_.values(v)[e]) : 1.0) / (roots_[v] * roots_[targets[e]]) * x[targets[e]];
    return x[v] + sum;
  }
  void take_out(double value, Eigen::VectorXd vector) { found_.emplace_back(value, std::move(vector)); }
  const auto& found() const { return found_; }

 private:
  const Sparse& a_;
  const std::vector<double>& roots_;
  std::vector<std::pair<double, Eigen::VectorXd>> found_;
};

// The vectors of eigenvalue 0, at most k of them.
std::vector<Eigen::VectorXd> null_space(const Graph& graph, const std::vector<double>& roots, NodeId k) {
  const Components parts = components(graph);
  std::vector<Eigen::VectorXd> vectors(std::size_t(std::min(k, parts.count)),
                                       Eigen::VectorXd::Zero(Offset(roots.size())));
  for (std::size_t v = 0; v < roots.size(); ++v)
    if (parts.of[v] < NodeId(vectors.size())) vectors[parts.of[v]](Offset(v)) = roots[v] > 0 ? roots[v] : 1;
  for (Eigen::VectorXd& vector : vectors) vector.normalize();
  return vectors;
}

void turn(Eigen::VectorXd& vector) {
  const double largest = vector.cwiseAbs().maxCoeff();
  for (const double entry : vector)
    if (std::abs(entry) >= (1 - 1e-6) * largest) {
      if (entry < 0) vector = -vector;
      return;
    }
}

void decompose(Complement& operation) {
  const Offset n = operation.rows();
  Vectors full(n, n);
  for (Offset j = 0; j < n; ++j) {
    const Eigen::VectorXd unit = Eigen::VectorXd::Unit(n, j);
    operation.perform_op(unit.data(), full.col(j).data());
  }
  const Eigen::SelfAdjointEigenSolver<Vectors> solver((full + full.transpose()) / 2);
  const Offset others = n - Offset(operation.found().size());  // what was taken out stands last
  for (Offset j = 0; j < others; ++j)
    operation.take_out(2 - solver.eigenvalues()(n - 1 - j), solver.eigenvectors().col(n - 1 - j));
}

// Adds pairs that belong to the smallest; false if there were none that are not known.
bool iterate(Complement& operation, Offset wanted, Offset k) {
  const Offset n = operation.rows(), width = std::min(n, std::max<Offset>(2 * wanted + 20, 40));
  Spectra::SymEigsSolver<Complement> solver(operation, wanted, width);
  solver.init();
  solver.compute(Spectra::SortRule::LargestAlge, 1000, 1e-7);
  if (solver.info() != Spectra::CompInfo::Successful)
    throw Error(
        Fault::input,
        fmt::format("the {} smallest eigenvalues of the Laplacian lie too close together for the iterations: of "
                    "{} nodes they found {}; ask for fewer, or for random-walk encodings",
                    k, n, solver.eigenvalues().size()));
  std::vector<double> known;
  for (const auto& [value, vector] : operation.found()) known.push_back(value);
  std::ranges::sort(known);
  const double bound = Offset(known.size()) < k ? HUGE_VAL : known[std::size_t(k) - 1] - 1e-9;
  const Eigen::VectorXd values = solver.eigenvalues();
  const Vectors vectors = solver.eigenvectors();
  bool more = false;
  for (Offset j = 0; j < values.size(); ++j)
    if (2 - values(j) < bound) operation.take_out(2 - values(j), vectors.col(j)), more = true;
  return more;
}

}  // namespace

Spectrum laplacian_spectrum(const Graph& graph, NodeId k) {
  expect(graph.undirected(), "laplacian_spectrum: the graph is undirected");
  expect(1 <= k && k <= graph.nodes(), "laplacian_spectrum: k in [1, nodes]");
  const std::vector<double> roots = root_degrees(graph);
  Complement operation(graph.adjacency(), roots);
  for (Eigen::VectorXd& vector : null_space(graph, roots, k)) operation.take_out(0, std::move(vector));
  const Offset n = graph.nodes(), others = k - Offset(operation.found().size());
  if (others > 0 && (n <= 512 || 2 * others + 20 > n))
    decompose(operation);
  else if (others > 0) {
    bool more =
        iterate(operation, others, k);  // of a repeated eigenvalue perhaps one vector: a few are asked for again
    for (Offset asked = std::min<Offset>(8, others); more; asked = std::min(2 * asked, others))
      more = iterate(operation, asked, k);
  }
  std::vector<std::size_t> order(operation.found().size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return operation.found()[i].first; });
  Spectrum result{{}, Matrix(n, k)};
  for (NodeId j = 0; j < k; ++j) {
    auto [value, vector] = operation.found()[order[std::size_t(j)]];
    if (value != 0) turn(vector);
    result.values.push_back(std::clamp(value, 0.0, 2.0));
    for (Offset v = 0; v < n; ++v) result.vectors(v, j) = Real(vector(v));
  }
  return result;
}

}  // namespace pfm
