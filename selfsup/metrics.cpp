#include <pfm/kernels/error.h>
#include <pfm/selfsup/metrics.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace pfm {
namespace {

double share(double part, double whole) { return whole > 0 ? part / whole : 0; }

double mean(std::span<const double> values) {
  return share(std::accumulate(values.begin(), values.end(), 0.0), double(values.size()));
}

}  // namespace

double accuracy(Labels truth, Labels predicted) {
  expect(truth.size() == predicted.size() && !truth.empty(), "accuracy: one prediction per item, at least one item");
  double right = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) right += truth[i] == predicted[i];
  return right / double(truth.size());
}

namespace {

struct Counts {
  double right = 0, is = 0, said = 0;
  double f1() const { return share(2 * right, is + said); }
};

}  // namespace

F1 f1(Labels truth, Labels predicted) {
  expect(truth.size() == predicted.size() && !truth.empty(), "f1: one prediction per item, at least one item");
  const std::int32_t highest = std::max(std::ranges::max(truth), std::ranges::max(predicted));
  std::vector<Counts> classes(std::size_t(highest) + 1);
  for (std::size_t i = 0; i < truth.size(); ++i) {
    classes[std::size_t(truth[i])].is += 1;
    classes[std::size_t(predicted[i])].said += 1;
    classes[std::size_t(truth[i])].right += truth[i] == predicted[i];
  }
  std::erase_if(classes, [](const Counts& c) { return c.is == 0 && c.said == 0; });
  F1 result{.micro = accuracy(truth, predicted)};
  for (const Counts& counts : classes) {
    result.macro += counts.f1() / double(classes.size());
    result.weighted += counts.f1() * counts.is / double(truth.size());
  }
  return result;
}

double f1_of(std::int32_t which, Labels truth, Labels predicted) {
  expect(truth.size() == predicted.size(), "f1_of: one prediction per item");
  Counts counts;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    counts.is += truth[i] == which, counts.said += predicted[i] == which;
    counts.right += truth[i] == which && predicted[i] == which;
  }
  return counts.f1();
}

F1 f1(const Sparse& truth, const Sparse& predicted) {
  expect(truth.rows() == predicted.rows() && truth.cols() == predicted.cols() && truth.cols() > 0,
         "f1: sets of the same labels for the same items");
  std::vector<Counts> labels(std::size_t(truth.cols()));
  for (Offset i = 0; i < truth.rows(); ++i) {
    for (const NodeId l : truth.columns(i)) labels[std::size_t(l)].is += 1;
    for (const NodeId l : predicted.columns(i)) {
      labels[std::size_t(l)].said += 1;
      labels[std::size_t(l)].right += std::ranges::binary_search(truth.columns(i), l);
    }
  }
  F1 result;
  Counts all;
  for (const Counts& label : labels) {
    all.right += label.right, all.is += label.is, all.said += label.said;
    result.macro += label.f1() / double(labels.size());
    result.weighted += share(label.f1() * label.is, double(truth.nonzeros()));
  }
  result.micro = all.f1();
  return result;
}

namespace {

struct Threshold {
  double positives, negatives;  // with exactly this score
};

// Distinct scores, highest first.
std::vector<Threshold> thresholds(std::span<const double> positive, std::span<const double> negative) {
  expect(!positive.empty() && !negative.empty(), "ranking: scores of both kinds");
  std::vector<std::pair<double, bool>> all;
  all.reserve(positive.size() + negative.size());
  for (const double s : positive) all.emplace_back(s, true);
  for (const double s : negative) all.emplace_back(s, false);
  std::ranges::sort(all, std::greater());
  std::vector<Threshold> result;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i == 0 || all[i].first != all[i - 1].first) result.push_back({0, 0});
    (all[i].second ? result.back().positives : result.back().negatives) += 1;
  }
  return result;
}

}  // namespace

double auc(std::span<const double> positive, std::span<const double> negative) {
  double above = 0, area = 0;  // positives above the threshold; pairs in the right order
  for (const Threshold& t : thresholds(positive, negative)) {
    area += t.negatives * (above + t.positives / 2);
    above += t.positives;
  }
  return area / (double(positive.size()) * double(negative.size()));
}

double average_precision(std::span<const double> positive, std::span<const double> negative) {
  double found = 0, taken = 0, sum = 0;
  for (const Threshold& t : thresholds(positive, negative)) {
    found += t.positives, taken += t.positives + t.negatives;
    sum += t.positives * found / taken;
  }
  return sum / double(positive.size());
}

double hits_at(int k, std::span<const double> positive, std::span<const double> negative) {
  expect(k > 0 && !positive.empty(), "hits_at: k from 1, scores of positives");
  if (negative.size() < std::size_t(k)) return 1;
  std::vector<double> best(negative.begin(), negative.end());
  const auto bound = best.begin() + (k - 1);
  std::ranges::nth_element(best, bound, std::greater());
  return double(std::ranges::count_if(positive, [&](double s) { return s > *bound; })) / double(positive.size());
}

std::vector<double> ranks_among(std::span<const double> positive, std::span<const double> negative) {
  std::vector<double> falling(negative.begin(), negative.end()), ranks;
  std::ranges::sort(falling, std::greater());
  ranks.reserve(positive.size());
  for (const double s : positive) {
    const auto [tied, below] = std::equal_range(falling.begin(), falling.end(), s, std::greater());
    ranks.push_back(1 + double(tied - falling.begin()) + double(below - tied) / 2);
  }
  return ranks;
}

Agreement agreement(Labels truth, Labels found) {
  expect(truth.size() == found.size() && !truth.empty(), "agreement: one cluster per item, at least one item");
  std::map<std::pair<std::int32_t, std::int32_t>, double> both;
  std::map<std::int32_t, double> rows, columns;
  for (std::size_t i = 0; i < truth.size(); ++i)
    both[{truth[i], found[i]}] += 1, rows[truth[i]] += 1, columns[found[i]] += 1;
  const double n = double(truth.size());
  const auto entropy = [n](const auto& counts) {
    double sum = 0;
    for (const auto& [name, count] : counts) sum -= count / n * std::log(count / n);
    return sum;
  };
  const auto pairs = [](const auto& counts) {
    double sum = 0;
    for (const auto& [name, count] : counts) sum += count * (count - 1) / 2;
    return sum;
  };
  const double of_truth = entropy(rows), of_found = entropy(columns);
  const double information = std::max(0.0, of_truth + of_found - entropy(both));
  Agreement result;
  const auto divided = [information](double by) { return by > 0 ? information / by : 1; };
  result.homogeneity = divided(of_truth), result.completeness = divided(of_found);
  if (rows.size() > 1 || columns.size() > 1) {
    const auto normalised = [information](double by) { return by > 0 ? information / by : 0; };
    result.nmi = normalised((of_truth + of_found) / 2);
    result.nmi_geometric = normalised(std::sqrt(of_truth * of_found));
    result.nmi_max = normalised(std::max(of_truth, of_found));
    result.nmi_min = normalised(std::min(of_truth, of_found));
  }
  const double a = pairs(rows), b = pairs(columns), expected = n > 1 ? a * b / (n * (n - 1) / 2) : 0;
  const double most = (a + b) / 2;
  result.ari = most == expected ? 1 : (pairs(both) - expected) / (most - expected);
  return result;
}

std::vector<double> average_ranks(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return values[i]; });
  std::vector<double> ranks(values.size());
  for (std::size_t first = 0, last; first < order.size(); first = last) {
    for (last = first; last < order.size() && values[order[last]] == values[order[first]];) ++last;
    for (std::size_t i = first; i < last; ++i) ranks[order[i]] = double(first + 1 + last) / 2;
  }
  return ranks;
}

double pearson(std::span<const double> a, std::span<const double> b) {
  expect(a.size() == b.size() && !a.empty(), "pearson: pairs of values, at least one");
  const double mean_a = mean(a), mean_b = mean(b);
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double x = a[i] - mean_a, y = b[i] - mean_b;
    ab += x * y, aa += x * x, bb += y * y;
  }
  return share(ab, std::sqrt(aa) * std::sqrt(bb));
}

double spearman(std::span<const double> a, std::span<const double> b) {
  return pearson(average_ranks(a), average_ranks(b));
}

double rank_of(std::span<const double> scores, std::size_t target, std::span<const std::uint8_t> left_out) {
  expect(target < scores.size(), "rank_of: the target is one of the scores");
  expect(left_out.empty() || left_out.size() == scores.size(), "rank_of: one mark per score");
  double above = 0, tied = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (i == target || (!left_out.empty() && left_out[i])) continue;
    above += scores[i] > scores[target], tied += scores[i] == scores[target];
  }
  return 1 + above + tied / 2;
}

double mean_reciprocal_rank(std::span<const double> ranks) {
  double sum = 0;
  for (const double rank : ranks) sum += 1 / rank;
  return share(sum, double(ranks.size()));
}

double hits_at(int k, std::span<const double> ranks) {
  return share(double(std::ranges::count_if(ranks, [k](double rank) { return rank <= k; })), double(ranks.size()));
}

}  // namespace pfm
