// Skip-gram: the arithmetic against plain loops, the orders of training against each other, the draws by their laws.
#include <doctest/doctest.h>
#include <pfm/kernels/parallel.h>
#include <pfm/kernels/skipgram.h>
#include <pfm/kernels/skipgram_step.h>
#include <pfm/kernels/touched_rows.h>
#include <pfm/tests/matrices.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <queue>

#include "chi_square.h"

using namespace pfm;

namespace {

constexpr double rounding = sizeof(Real) == 4 ? 1e-5 : 1e-12;

Matrix rows_near_norm_one(Offset rows, Offset cols, std::uint64_t seed) {
  Matrix m(rows, cols);
  for (Offset i = 0; i < m.size(); ++i) m.data()[i] = Real(Rng(seed).normal(std::uint64_t(i)) / std::sqrt(cols));
  return m;
}

bool same_bits(const Matrix& a, const Matrix& b) { return std::ranges::equal(a.values(), b.values()); }

// Any words of [0, n) in walks of `length`, the end of every third cut off.
std::vector<NodeId> random_walks(Offset rows, Offset length, NodeId n, std::uint64_t seed) {
  std::vector<NodeId> walks(std::size_t(rows * length));
  for (std::size_t i = 0; i < walks.size(); ++i) walks[i] = NodeId(Rng(seed).below(i, std::uint64_t(n)));
  for (Offset r = 0; r < rows; r += 3)
    for (Offset s = 1 + Offset(Rng(seed).split("end").below(std::uint64_t(r), std::uint64_t(length))); s < length; ++s)
      walks[std::size_t(r * length + s)] = -1;
  return walks;
}

std::vector<std::int64_t> counts_of(std::span<const NodeId> walks, NodeId n) {
  std::vector<std::int64_t> counts(std::size_t(n), 0);
  for (const NodeId word : walks)
    if (word >= 0) ++counts[std::size_t(word)];
  return counts;
}

struct Tables {
  Matrix in, out;
  SkipgramLoss loss;
};

Tables trained(std::span<const NodeId> walks, Offset length, const SkipgramOutputs& outputs, const SkipgramRules& rules,
               NodeId n, Offset d, Offset at_once = 0) {
  Tables t{rows_near_norm_one(n, d, 1), rows_near_norm_one(n, d, 2), {}};
  const Offset rows = Offset(walks.size()) / length, step = at_once ? at_once : rows;
  for (Offset done = 0; done < rows; done += step) {
    const auto part = walks.subspan(std::size_t(done * length), std::size_t(std::min(step, rows - done) * length));
    const SkipgramLoss loss = train_skipgram(part, length, done, rows, outputs, rules, Rng(3), t.in, t.out);
    t.loss.sum += loss.sum, t.loss.pairs += loss.pairs;
  }
  return t;
}

// Four communities of 16, each walk stays in one: what lies together in a walk should lie together in the embedding.
struct Communities {
  static constexpr NodeId nodes = 64, size = 16;
  static constexpr Offset length = 20;
  std::vector<NodeId> walks = std::vector<NodeId>(1024 * length);
  Communities() {
    for (std::size_t i = 0; i < walks.size(); ++i)
      walks[i] = NodeId((i / length % 4) * size) + NodeId(Rng(4).below(i, size));
  }
};

// Share of nodes whose nearest other node by cosine is of their own community.
double purity(const Matrix& in) {
  auto dot = [&](NodeId u, NodeId v) {
    return std::inner_product(in.row(u).begin(), in.row(u).end(), in.row(v).begin(), 0.0);
  };
  double pure = 0;
  for (NodeId u = 0; u < Communities::nodes; ++u) {
    NodeId nearest = -1;
    double best = -2;
    for (NodeId v = 0; v < Communities::nodes; ++v)
      if (const double cosine = v == u ? -2 : dot(u, v) / std::sqrt(dot(u, u) * dot(v, v)); cosine > best)
        best = cosine, nearest = v;
    pure += nearest / Communities::size == u / Communities::size;
  }
  return pure / Communities::nodes;
}

std::vector<std::int64_t> random_counts(std::size_t n) {
  std::vector<std::int64_t> counts(n);
  for (std::size_t i = 0; i < n; ++i) counts[i] = std::int64_t(1000 * std::pow(Rng(5).uniform(i), 4));
  return counts;
}

}  // namespace

TEST_SUITE("skipgram") {
  TEST_CASE("Huffman's codes are as short as can be and no code begins another") {
    for (const std::size_t n : {std::size_t(1), std::size_t(2), std::size_t(3), std::size_t(10), std::size_t(1000)}) {
      const auto counts = random_counts(n);
      const HuffmanTree tree(counts);
      REQUIRE(tree.words() == NodeId(n));
      std::priority_queue<std::int64_t, std::vector<std::int64_t>, std::greater<>> heap(counts.begin(), counts.end());
      std::int64_t least = 0, cost = 0;
      while (heap.size() > 1) {
        const std::int64_t a = heap.top();
        heap.pop();
        const std::int64_t b = heap.top();
        heap.pop(), heap.push(a + b), least += a + b;
      }
      std::vector<std::string> codes;
      for (NodeId word = 0; word < NodeId(n); ++word) {
        const auto nodes = tree.nodes(word);
        REQUIRE(nodes.size() == tree.codes(word).size());
        if (n > 1) CHECK(nodes.front() == NodeId(n) - 2);
        CHECK(std::ranges::is_sorted(nodes, std::greater<>()));
        cost += counts[std::size_t(word)] * std::int64_t(nodes.size());
        codes.emplace_back(tree.codes(word).begin(), tree.codes(word).end());
      }
      CHECK(cost == least);
      std::ranges::sort(codes);
      for (std::size_t i = 1; i < n; ++i) CHECK(!codes[i].starts_with(codes[i - 1]));
    }
  }

  TEST_CASE("negatives follow counts to the power 3/4") {
    const auto counts = random_counts(50);
    const NegativeSampling sampling(counts);
    std::vector<double> found(counts.size()), expected(counts.size());
    constexpr int draws = 100000;
    double sum = 0;
    for (const std::int64_t c : counts) sum += std::pow(double(c), 0.75);
    for (std::size_t i = 0; i < counts.size(); ++i) expected[i] = draws * std::pow(double(counts[i]), 0.75) / sum;
    for (std::uint64_t i = 0; i < draws; ++i) ++found[std::size_t(sampling.drawn(Rng(6).block(i)))];
    ChiSquare test;
    test.add(found, expected);
    CHECK(test.p_value() > 1e-3);
  }

  TEST_CASE("a pair's update goes down its loss's gradient") {
    constexpr Offset d = 6;
    constexpr double rate = 1e-3, step = 1e-4;
    const Matrix in = rows_near_norm_one(1, d, 1), out = rows_near_norm_one(3, d, 2);
    const std::vector<SkipgramOutput> outputs{{2, true}, {0, false}};
    auto loss = [&](Offset input, Offset row, Offset column, double by) {
      double sum = 0;
      for (const auto& [o, label] : outputs) {
        double x = 0;
        for (Offset k = 0; k < d; ++k)
          x += (in(0, k) + (k == input ? by : 0)) * (out(o, k) + (o == row && k == column ? by : 0));
        sum += std::log1p(std::exp(label ? -x : x));
      }
      return sum;
    };
    Matrix moved_in = in.clone(), moved_out = out.clone();
    CHECK(update_pair(moved_in.row(0), outputs, Real(rate), moved_out) ==
          doctest::Approx(loss(-1, -1, -1, 0)).epsilon(1e-6));
    for (Offset k = 0; k < d; ++k) {
      const double slope = (loss(k, -1, -1, step) - loss(k, -1, -1, -step)) / (2 * step);
      CHECK((moved_in(0, k) - in(0, k)) / rate == doctest::Approx(-slope).epsilon(1e-3));
      for (Offset row = 0; row < 3; ++row) {
        const double of_row = (loss(-1, row, k, step) - loss(-1, row, k, -step)) / (2 * step);
        CHECK((moved_out(row, k) - out(row, k)) / rate == doctest::Approx(-of_row).epsilon(1e-3));
      }
    }
  }

  TEST_CASE("a step is two small products each way, for any number of rows") {
    constexpr Offset width = 48;
    constexpr Real rate = Real(0.3);
    std::vector<Real> work;
    for (int n = 1; n <= StepOutputs::most; ++n)
      for (const Offset m : {1, 2, 3, 8, 21}) {
        Matrix a = rows_near_norm_one(m, width, 1), b = rows_near_norm_one(n, width, 2);
        const Matrix a0 = a.clone(), b0 = b.clone();
        Matrix expected_a = a.clone(), expected_b = b.clone();
        double loss = 0;
        StepOutputs outputs{.count = n};
        for (int j = 0; j < n; ++j) {
          const std::size_t o = std::size_t(j);
          outputs.rows[o] = b.row(j).data(), outputs.labels[o] = Real(j % 3 == 0), outputs.weights[o] = Real(1 + j % 2);
          for (Offset i = 0; i < m; ++i) {
            double x = 0;
            for (Offset k = 0; k < width; ++k) x += double(a0(i, k)) * double(b0(j, k));
            const double weight = outputs.weights[o], label = outputs.labels[o];
            const double g = rate * weight * (label - 1 / (1 + std::exp(-x)));
            loss += weight * std::log1p(std::exp(label == 1 ? -x : x));
            for (Offset k = 0; k < width; ++k) {
              expected_a(i, k) += Real(g * double(b0(j, k)));
              expected_b(j, k) += Real(g * double(a0(i, k)));
            }
          }
        }
        std::vector<Real*> inputs;
        for (Offset i = 0; i < m; ++i) inputs.push_back(a.row(i).data());
        CHECK(skipgram_step(inputs, outputs, width, rate, work) == doctest::Approx(loss).epsilon(1e-5));
        CHECK(largest_difference(a, expected_a) < rounding);
        CHECK(largest_difference(b, expected_b) < rounding);
      }
  }

  // Where no output is shared and none occurs twice, a window's step and pair by pair are one and the same.
  TEST_CASE("on edges one piece trains as pair by pair does") {
    constexpr NodeId n = 40;
    for (const Offset d : {16, 20})
      for (const bool cbow : {false, true}) {
        const auto walks = random_walks(32, 2, n, 7);
        const SkipgramOutputs tree = HuffmanTree(std::vector<std::int64_t>(n, 1));
        SkipgramRules rules{.window = 1, .cbow = cbow, .rate = Real(0.5)};
        const Tables pieces = trained(walks, 2, tree, rules, n, d);
        rules.order = SkipgramOrder::plain;
        const Tables pairs = trained(walks, 2, tree, rules, n, d);
        CHECK(largest_difference(pieces.in, pairs.in) < rounding);
        CHECK(largest_difference(pieces.out, pairs.out) < rounding);
        CHECK(pieces.loss.pairs == pairs.loss.pairs);
        CHECK(pieces.loss.sum == doctest::Approx(pairs.loss.sum).epsilon(1e-5));
        CHECK(largest_difference(pieces.in, rows_near_norm_one(n, d, 1)) > 0.01);
      }
  }

  TEST_CASE("pair by pair is word2vec's loop") {
    constexpr NodeId n = 12;
    constexpr Offset d = 5, length = 7, rows = 9;
    const auto walks = random_walks(rows, length, n, 8);
    const HuffmanTree tree(counts_of(walks, n));
    const Tables found =
        trained(walks, length, tree, {.window = 1, .rate = Real(0.4), .order = SkipgramOrder::plain}, n, d);
    Matrix in = rows_near_norm_one(n, d, 1), out = rows_near_norm_one(n, d, 2);
    for (Offset row = 0; row < rows; ++row)
      for (Offset centre = 0; centre < length; ++centre)
        for (const Offset other : {centre - 1, centre + 1}) {
          const auto word = [&](Offset s) { return s < 0 || s >= length ? -1 : walks[std::size_t(row * length + s)]; };
          const NodeId target = word(centre), input = word(other);
          if (target < 0 || input < 0) continue;
          std::vector<double> change(d);
          for (std::size_t i = 0; i < tree.nodes(target).size(); ++i) {
            const NodeId node = tree.nodes(target)[i];
            double x = 0;
            for (Offset k = 0; k < d; ++k) x += double(in(input, k)) * double(out(node, k));
            const double g = 0.4 * (1 - double(row) / rows) * (1 - tree.codes(target)[i] - 1 / (1 + std::exp(-x)));
            for (Offset k = 0; k < d; ++k) {
              change[std::size_t(k)] += g * double(out(node, k));
              out(node, k) += Real(g * double(in(input, k)));
            }
          }
          for (Offset k = 0; k < d; ++k) in(input, k) += Real(change[std::size_t(k)]);
        }
    CHECK(largest_difference(found.in, in) < rounding);
    CHECK(largest_difference(found.out, out) < rounding);
  }

  TEST_CASE("a round adds what its pieces change, each from the same start") {
    constexpr NodeId n = 60;
    constexpr Offset d = 16, length = 64, rows = skipgram_together;
    const auto walks = random_walks(rows, length, n, 9);
    const SkipgramOutputs sampling = NegativeSampling(counts_of(walks, n));
    const SkipgramRules rules{.rate = Real(1e-3)};
    const Tables together = trained(walks, length, sampling, rules, n, d);
    const Matrix in = rows_near_norm_one(n, d, 1), out = rows_near_norm_one(n, d, 2);
    Matrix expected_in = in.clone(), expected_out = out.clone();
    for (Offset row = 0; row < rows; ++row) {
      Matrix one_in = in.clone(), one_out = out.clone();
      train_skipgram(std::span(walks).subspan(std::size_t(row * length), length), length, row, rows, sampling, rules,
                     Rng(3), one_in, one_out);
      for (Offset i = 0; i < n * d; ++i) {
        expected_in.data()[i] += one_in.data()[i] - in.data()[i];
        expected_out.data()[i] += one_out.data()[i] - out.data()[i];
      }
    }
    CHECK(largest_difference(together.in, expected_in) < rounding);
    CHECK(largest_difference(together.out, expected_out) < rounding);
    CHECK(largest_difference(in, expected_in) > 1e-3);
  }

  TEST_CASE("changes are added, those of long ways up to a limit or averaged") {
    constexpr Offset d = 5;
    Matrix table = rows_near_norm_one(100, d, 1);
    const Matrix before = table.clone();
    const NodeId rows[] = {3, 70, 19, 99};
    constexpr Real most = RowChanges::most_steps;
    const Real steps[] = {Real(0.5) * most, Real(0.625) * most, 4 * most, 0};  // of each of two tasks
    const Real shares[] = {1, Real(0.8), Real(0.5), 1};
    TouchedRows tasks[2];
    for (int t = 0; t < 2; ++t) {
      for (const NodeId row : rows) tasks[t].place(row);
      for (std::size_t i = 0; i < 4; ++i) tasks[t].count(tasks[t].place(rows[i]), steps[i]);
      tasks[t].copy(table);
      for (const NodeId row : rows) tasks[t][tasks[t].place(row)][2] += Real(row) * Real(t + 1);
      tasks[t].subtract(table);
    }
    RowChanges changes(100);
    const TouchedRows* both[] = {&tasks[0], &tasks[1]};
    for (int time = 1; time <= 2; ++time) {  // nothing of the first is left for the second
      for (Offset part = 0; part < RowChanges::parts; ++part) changes.add(both, table, part);
      for (Offset row = 0; row < 100; ++row)
        for (Offset k = 0; k < d; ++k) {
          double expected = before(row, k);
          for (std::size_t i = 0; i < 4; ++i)
            if (row == rows[i] && k == 2) expected += double(time) * shares[i] * 3 * rows[i];
          CHECK(table(row, k) == doctest::Approx(expected).epsilon(1e-5));
        }
    }
  }

  TEST_CASE("the same bits at one thread and two, and wherever the calls are cut") {
    constexpr NodeId n = 300;
    for (const Offset length : {2, 20, 40, 200}) {
      const Offset rows = length == 2 ? 3000 : 1100;
      const auto walks = random_walks(rows, length, n, 10);
      for (const bool cbow : {false, true})
        for (const SkipgramOutputs& outputs : {SkipgramOutputs(NegativeSampling(counts_of(walks, n))),
                                               SkipgramOutputs(HuffmanTree(counts_of(walks, n)))}) {
          const SkipgramRules rules{.window = 5, .cbow = cbow};
          auto with = [&](int threads, Offset at_once) {
            const Threads limit(threads);
            return trained(walks, length, outputs, rules, n, 24, at_once);
          };
          const Tables one = with(1, 0), two = with(2, 0), cut = with(2, skipgram_round);
          CHECK(same_bits(one.in, two.in));
          CHECK(same_bits(one.out, two.out));
          CHECK(one.loss.sum == two.loss.sum);
          CHECK(same_bits(one.in, cut.in));
          CHECK(same_bits(one.out, cut.out));
          CHECK(one.loss.pairs == cut.loss.pairs);
        }
    }
  }

  TEST_CASE("one table on both sides: the same bits at one thread and two, and communities come apart") {
    constexpr NodeId n = 40;
    std::vector<NodeId> edges;  // two cliques
    const Rng rng(4);
    for (std::uint64_t i = 0; i < 40'000; ++i) {
      const auto u = NodeId(rng.below(2 * i, n));
      edges.push_back(u), edges.push_back(NodeId((u / 20) * 20 + NodeId(rng.below(2 * i + 1, 20))));
    }
    const SkipgramOutputs outputs = NegativeSampling(counts_of(edges, n));
    auto with = [&](int threads, SkipgramOrder order) {
      const Threads limit(threads);
      Matrix table = skipgram_start(n, 16, Rng(5));
      const SkipgramRules rules{.window = 1, .order = order};
      train_skipgram(edges, 2, 0, Offset(edges.size() / 2), outputs, rules, Rng(6), table, table);
      return table;
    };
    const Matrix one = with(1, SkipgramOrder::blocks), two = with(2, SkipgramOrder::blocks);
    CHECK(same_bits(one, two));
    auto apart = [](const Matrix& table) {
      double inside = 0, across = 0;
      for (NodeId u = 0; u < n; ++u)
        for (NodeId v = 0; v < u; ++v)
          (u / 20 == v / 20 ? inside : across) +=
              std::inner_product(table.row(u).begin(), table.row(u).end(), table.row(v).begin(), 0.0);
      return inside / 380 - across / 400;
    };
    CHECK(apart(one) == doctest::Approx(apart(with(1, SkipgramOrder::plain))).epsilon(0.2));
    CHECK(apart(one) > 0.5);
  }

  TEST_CASE("radii of windows are uniform, windows end with their walk") {
    constexpr Offset length = 50000, w = 4;
    const std::vector<NodeId> walk(length, 0), short_walks{0, 1, -1, 0, -1, -1, 0, 1, 0};
    const SkipgramOutputs outputs = HuffmanTree(std::vector<std::int64_t>{1, 1});
    for (const auto order : {SkipgramOrder::blocks, SkipgramOrder::plain}) {
      // 2 r pairs a centre: mean w + 1, variance (w^2 - 1) / 3.
      const double pairs = double(trained(walk, length, outputs, {.window = w, .order = order}, 2, 1).loss.pairs);
      CHECK(std::abs(pairs - double(length * (w + 1))) < 4 * std::sqrt(length * (w * w - 1) / 3.0) + 2 * w * w);
      CHECK(trained(short_walks, 3, outputs, {.window = 1, .order = order}, 2, 1).loss.pairs == 2 + 0 + 4);
    }
  }

  // Where nothing is known yet each output costs log 2: one target, and as many of five negatives as are not the
  // target.
  TEST_CASE("negatives count as often as they are drawn, but for the target") {
    constexpr NodeId n = 2;
    const auto walks = random_walks(1000, 40, n, 12);
    const SkipgramOutputs outputs = NegativeSampling(std::vector<std::int64_t>{1, 1}, 5);
    for (const auto order : {SkipgramOrder::blocks, SkipgramOrder::plain}) {
      Matrix in = skipgram_start(n, 16, Rng(1)), out = Matrix::zeros(n, 16);
      const SkipgramLoss loss =
          train_skipgram(walks, 40, 0, 1000, outputs, {.rate = Real(1e-9), .order = order}, Rng(2), in, out);
      CHECK(loss.sum / double(loss.pairs) == doctest::Approx(3.5 * std::log(2.0)).epsilon(0.02));
    }
  }

  TEST_CASE("communities come apart, whatever the outputs, the mode and the order") {
    const Communities data;
    const auto counts = counts_of(data.walks, data.nodes);
    const std::vector<SkipgramOrder> orders =
#ifdef PFM_STD_THREADS  // the races of the lock-free order are meant
        {SkipgramOrder::blocks, SkipgramOrder::plain};
#else
        {SkipgramOrder::blocks, SkipgramOrder::plain, SkipgramOrder::lock_free};
#endif
    for (const SkipgramOutputs& outputs :
         {SkipgramOutputs(NegativeSampling(counts)), SkipgramOutputs(HuffmanTree(counts))})
      for (const bool cbow : {false, true})
        for (const auto order : orders) {
          Matrix in = skipgram_start(data.nodes, 16, Rng(1)), out = Matrix::zeros(data.nodes, 16);
          const Offset rows = Offset(data.walks.size()) / data.length;
          SkipgramLoss loss;
          for (Offset epoch = 0; epoch < 2; ++epoch)
            loss = train_skipgram(data.walks, data.length, epoch * rows, 2 * rows, outputs,
                                  {.window = 5, .cbow = cbow, .rate = Real(0.05), .order = order}, Rng(2), in, out);
          const int kind = int(outputs.index()), how = int(order);
          CAPTURE(cbow);
          CAPTURE(how);
          CAPTURE(kind);
          CHECK(loss.sum / double(loss.pairs) < 0.8 * 6 * std::log(2.0));  // six outputs, of which nothing is known
          CHECK(purity(in) > 0.95);
        }
  }

  TEST_CASE("rounds stay stable where every piece changes every row") {
    constexpr NodeId n = 5;
    const auto walks = random_walks(2048, 40, n, 11);
    for (const SkipgramOutputs& outputs :
         {SkipgramOutputs(NegativeSampling(counts_of(walks, n))), SkipgramOutputs(HuffmanTree(counts_of(walks, n)))}) {
      const SkipgramRules rules{.rate = Real(0.1)};
      SkipgramRules plain = rules;
      plain.order = SkipgramOrder::plain;
      const Tables rounds = trained(walks, 40, outputs, rules, n, 16),
                   pairs = trained(walks, 40, outputs, plain, n, 16);
      const double of_rounds = rounds.loss.sum / double(rounds.loss.pairs),
                   of_pairs = pairs.loss.sum / double(pairs.loss.pairs);
      CHECK(of_rounds < 1.05 * of_pairs);
    }
  }
}
