#include <pfm/kernels/parallel.h>
#include <pfm/nn/shared_attention.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace pfm {

std::vector<SharedNeighbours> shared_neighbours(const Sparse& a, Offset least) {
  std::map<std::vector<NodeId>, std::vector<NodeId>> rows;
  for (NodeId i = 0; i < NodeId(a.rows()); ++i) {
    const auto columns = a.columns(i);
    if (Offset(columns.size()) > least) rows[{columns.begin(), columns.end()}].push_back(i);
  }
  std::vector<SharedNeighbours> groups;
  for (const auto& [columns, targets] : rows)
    if (targets.size() > 1) groups.push_back({targets, columns});
  return groups;
}

namespace {

// Sums over j of exp(leaky(key_j + query)) row_j for many queries: with the keys sorted, those above -query come first,
// so each sum is exp(query) times a sum of the first ones' exp(key_j) row_j and exp(slope query) times one of the
// others' exp(slope key_j) row_j. In double: exponentials are not taken relative to the largest.
class LeakySums {
 public:
  // keys [n], rows [n, width]
  LeakySums(std::vector<double> keys, const std::vector<double>& rows, double slope)
      : width_(rows.size() / keys.size()), slope_(slope), keys_(std::move(keys)) {
    const std::size_t n = keys_.size();
    std::vector<std::size_t> order(n);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, std::greater(), [&](std::size_t j) { return keys_[j]; });
    first_.assign((n + 1) * width_, 0), others_.assign((n + 1) * width_, 0);
    const auto add = [&](std::vector<double>& to, std::size_t at, std::size_t from, std::size_t j, double factor) {
      for (std::size_t t = 0; t < width_; ++t)
        to[at * width_ + t] = to[from * width_ + t] + factor * rows[j * width_ + t];
    };
    for (std::size_t k = 0; k < n; ++k) add(first_, k + 1, k, order[k], std::exp(keys_[order[k]]));
    for (std::size_t k = n; k-- > 0;) add(others_, k, k + 1, order[k], std::exp(slope_ * keys_[order[k]]));
    std::ranges::sort(keys_, std::greater());
  }

  // sums [width] = exp(-log_scale) times the sums, the terms below 0 also times `below`
  void at(double query, double log_scale, double below, std::vector<double>& sums) const {
    const auto place = std::size_t(std::ranges::lower_bound(keys_, -query, std::greater()) - keys_.begin());
    const double above = std::exp(query - log_scale), under = below * std::exp(slope_ * query - log_scale);
    for (std::size_t t = 0; t < width_; ++t)
      sums[t] = above * first_[place * width_ + t] + under * others_[place * width_ + t];
  }

 private:
  std::size_t width_;
  double slope_;
  std::vector<double> keys_;            // descending
  std::vector<double> first_, others_;  // [n + 1, width]: of the first k, of those from k on
};

// One head of one group.
struct Head {
  const SharedNeighbours& group;
  Offset head, channels;
  std::vector<double> kept;  // what dropout makes of a share of each source, as a factor

  std::vector<double> keys(const std::vector<NodeId>& ids, const Matrix& of) const {
    std::vector<double> all;
    for (const NodeId i : ids) all.push_back(of(i, head));
    return all;
  }
  const Real* part(const Matrix& of, NodeId i) const { return of.data() + i * of.cols() + head * channels; }
  Real* part(Matrix& of, NodeId i) const { return of.data() + i * of.cols() + head * channels; }

  // Of the sources: each row of x as dropout leaves it and a 1, whose sum is the softmax's.
  LeakySums of_sources(const Matrix& source, const Matrix& x, Real slope) const {
    std::vector<double> rows;
    for (std::size_t k = 0; k < group.sources.size(); ++k) {
      const Real* row = part(x, group.sources[k]);
      for (Offset t = 0; t < channels; ++t) rows.push_back(kept[k] * row[t]);
      rows.push_back(1);
    }
    return {keys(group.sources, source), rows, slope};
  }
};

struct Heads {
  std::shared_ptr<const std::vector<SharedNeighbours>> groups;
  Offset count, channels;
  std::optional<AttentionDropout> dropout;

  Head at(std::size_t g, Offset head) const {
    const SharedNeighbours& group = (*groups)[g];
    Head h{group, head, channels, std::vector<double>(group.sources.size(), 1)};
    if (!dropout) return h;
    const Rng rng = dropout->rng.split(g);
    for (std::size_t k = 0; k < h.kept.size(); ++k) {
      const bool dropped = rng.uniform(std::uint64_t(Offset(k) * count + head)) < double(dropout->rate);
      h.kept[k] = dropped ? 0 : 1 / (1 - double(dropout->rate));
    }
    return h;
  }
};

struct Gradients {
  Matrix source, target, x;
};

// With d_ij = f_j grad_i . x_j, f_j the factor of dropout, D_i = grad_i . out_i and s_ij = 1 or the slope, by the sign
// of what entered the activation:
//   dx_j = f_j sum_i alpha_ij grad_i,  dsource_j = sum_i s_ij alpha_ij (d_ij - D_i),  dtarget_i likewise over j.
void add_gradients(const Head& h, const Matrix& source, const Matrix& target, const Matrix& x, Real slope,
                   const Matrix& out, const Matrix& log_sums, const Matrix& grad, Gradients& g) {
  const auto c = std::size_t(h.channels);
  std::vector<double> sums(c + 1), rows;
  const auto dot = [&](const Real* a, const auto* b) { return std::inner_product(a, a + c, b, 0.0); };
  const LeakySums of_sources = h.of_sources(source, x, slope);
  for (const NodeId i : h.group.targets) {
    const Real* change = h.part(grad, i);
    const double mean = dot(change, h.part(out, i)), share = std::exp(-double(log_sums(i, h.head)));
    for (std::size_t t = 0; t < c; ++t) rows.push_back(share * change[t]);
    rows.push_back(share * mean);
    of_sources.at(target(i, h.head), log_sums(i, h.head), slope, sums);
    g.target(i, h.head) = Real(dot(change, sums.data()) - mean * sums[c]);
  }
  const LeakySums of_targets(h.keys(h.group.targets, target), rows, slope);
  for (std::size_t k = 0; k < h.kept.size(); ++k) {
    const NodeId j = h.group.sources[k];
    of_targets.at(source(j, h.head), 0, 1, sums);
    std::transform(sums.begin(), sums.end() - 1, h.part(g.x, j), h.part(g.x, j),
                   [f = h.kept[k]](double more, Real before) { return Real(before + f * more); });
    of_targets.at(source(j, h.head), 0, slope, sums);
    g.source(j, h.head) += Real(h.kept[k] * dot(h.part(x, j), sums.data()) - sums[c]);
  }
}

}  // namespace

// A source may be in several groups: groups after each other, heads side by side, where gradients are added.
Var shared_attention(const std::shared_ptr<const std::vector<SharedNeighbours>>& groups, const Var& source,
                     const Var& target, const Var& x, Real slope, const std::optional<AttentionDropout>& dropout) {
  const Offset heads = source.cols();
  expect(heads > 0 && target.cols() == heads && x.cols() % heads == 0 && source.rows() == x.rows(),
         "shared_attention: source [m, h], target [n, h], x [m, h c]");
  const Offset channels = x.cols() / heads;
  Matrix out = Matrix::zeros(target.rows(), x.cols()), log_sums(target.rows(), heads);
  const Heads all{groups, heads, channels, dropout};
  parallel_blocks(Offset(groups->size()) * heads, [&](Offset b) {
    const Head h = all.at(std::size_t(b / heads), b % heads);
    const LeakySums of_sources = h.of_sources(source.value(), x.value(), slope);
    std::vector<double> sums(std::size_t(channels) + 1);
    for (const NodeId i : h.group.targets) {
      of_sources.at(target.value()(i, h.head), 0, 1, sums);
      for (Offset t = 0; t < channels; ++t) h.part(out, i)[t] = Real(sums[std::size_t(t)] / sums.back());
      log_sums(i, h.head) = Real(std::log(sums.back()));
    }
  });
  auto result = std::make_shared<std::pair<Matrix, Matrix>>(out.clone(), std::move(log_sums));
  return Var::record(std::move(out), {source, target, x}, [=](const Matrix& grad) {
    Gradients g{Matrix::zeros(source.rows(), heads), Matrix::zeros(target.rows(), heads),
                Matrix::zeros(x.rows(), x.cols())};
    parallel_blocks(heads, [&](Offset head) {
      for (std::size_t group = 0; group < groups->size(); ++group)
        add_gradients(all.at(group, head), source.value(), target.value(), x.value(), slope, result->first,
                      result->second, grad, g);
    });
    source.accumulate(std::move(g.source));
    target.accumulate(std::move(g.target));
    x.accumulate(std::move(g.x));
  });
}

}  // namespace pfm
