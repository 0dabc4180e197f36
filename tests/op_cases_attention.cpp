#include <pfm/nn/attention.h>
#include <pfm/nn/head_products.h>
#include <pfm/tests/op_reference.h>

namespace pfm {
namespace {

constexpr Offset heads = 2;

// What a case says of pair (i, j) of segment g, i and j counted from the segment's start: by the definition of the
// mask, not by the lists that the operation gets.
struct Pairs {
  std::vector<Offset> queries, keys;
  std::function<bool(Offset g, Offset i, Offset j)> seen;
  std::function<double(const Matrix& bias, Offset g, Offset i, Offset j, Offset head)> bias;
  std::optional<AttentionDropout> dropout;
};

bool kept(const AttentionDropout& dropout, Offset row, Offset j, Offset head) {
  const Words words = dropout.rng.split(std::uint64_t(row * heads + head)).block(std::uint64_t(j / 4));
  return double(words[std::size_t(j % 4)]) >= double(dropout.rate) * 4294967296.0;
}

double attended(const Pairs& p, const Matrices& in, Offset row, Offset column, double scale) {
  const Offset g = Offset(std::ranges::upper_bound(p.queries, row) - p.queries.begin()) - 1;
  const Offset i = row - p.queries[std::size_t(g)], start = p.keys[std::size_t(g)];
  const Offset head = column / (in[2].cols() / heads), width = in[0].cols() / heads;
  double sum = 0, out = 0;
  for (Offset j = 0; j < p.keys[std::size_t(g) + 1] - start; ++j) {
    if (p.seen && !p.seen(g, i, j)) continue;
    double score = scale * sum_of(head * width, (head + 1) * width,
                                  [&](Offset t) { return double(in[0](row, t)) * double(in[1](start + j, t)); });
    if (p.bias) score += p.bias(in[3], g, i, j, head);
    sum += std::exp(score);
    if (p.dropout && !kept(*p.dropout, row, j, head)) continue;
    out += std::exp(score) / (p.dropout ? 1 - double(p.dropout->rate) : 1) * double(in[2](start + j, column));
  }
  return sum > 0 ? out / sum : 0;
}

OpCase attention_case(const std::string& name, const Sizes& z, const Pairs& p, AttentionMask mask, PairIds pairs = {},
                      Offset biases = 0) {
  const Offset n = p.queries.back(), m = p.keys.back();
  auto plan =
      std::make_shared<const AttentionPlan>(AttentionPlan{p.queries, p.keys, std::move(mask), std::move(pairs)});
  const double scale = 1 / std::sqrt(double(z.k));
  OpCase one{"attend " + name,
             {{n, heads * z.k}, {m, heads * z.k}, {m, heads * z.m}},
             [=, dropout = p.dropout](const Vars& in) {
               return attend(plan, {heads, Real(scale), dropout}, in[0], in[1], in[2], biases > 0 ? in[3] : Var());
             },
             entries(fixed(n, heads * z.m), [=](const Matrices& in, Offset i, Offset column) {
               return attended(p, in, i, column, double(Real(scale)));
             })};
  if (biases > 0) one.inputs.push_back({biases, heads});
  return one;
}

void add_masks(std::vector<OpCase>& all, const Sizes& z) {
  const std::vector<Offset> s = rising_segments(z.n);
  std::vector<Offset> longer, prefixes, ranks;
  for (std::size_t g = 0; g < s.size(); ++g) longer.push_back(s[g] + 2 * Offset(g));
  for (std::size_t g = 0; g + 1 < s.size(); ++g) {
    const Offset rows = s[g + 1] - s[g];
    prefixes.push_back(rows / 2);
    for (const NodeId rank : permutation(NodeId(rows), Rng(g))) ranks.push_back(rank);
  }
  const auto rank = [=](Offset g, Offset i) { return ranks[std::size_t(s[std::size_t(g)] + i)]; };
  all.push_back(attention_case("all", z, {s, s, {}, {}, {}}, {}));
  all.push_back(attention_case("all of other segments", z, {s, longer, {}, {}, {}}, {}));
  all.push_back(attention_case("causal", z, {s, s, [](Offset, Offset i, Offset j) { return j <= i; }, {}, {}},
                               causal_mask(s, s)));
  all.push_back(attention_case("causal with a memory", z,
                               {s, longer, [](Offset, Offset i, Offset j) { return j <= i + 2; }, {}, {}},
                               causal_mask(s, longer)));
  all.push_back(attention_case(
      "prefix", z, {s, s, [=](Offset g, Offset i, Offset j) { return j <= i || j < prefixes[std::size_t(g)]; }, {}, {}},
      prefix_mask(s, prefixes)));
  all.push_back(attention_case("window", z,
                               {s, s, [](Offset, Offset i, Offset j) { return i - j <= 2 && j - i <= 1; }, {}, {}},
                               window_mask(s, 2, 1)));
  all.push_back(attention_case("permuted", z,
                               {s, s, [=](Offset g, Offset i, Offset j) { return rank(g, j) < rank(g, i); }, {}, {}},
                               permuted_mask(ranks, false)));
  all.push_back(attention_case("permuted with itself", z,
                               {s, s, [=](Offset g, Offset i, Offset j) { return rank(g, j) <= rank(g, i); }, {}, {}},
                               permuted_mask(ranks, true)));
}

void add_biases(std::vector<OpCase>& all, const Sizes& z) {
  const std::vector<Offset> s = rising_segments(z.n);
  const auto bucket = [](Offset distance) { return NodeId(std::clamp<Offset>(distance, -2, 2) + 2); };
  const auto by_distance = [=](const Matrix& bias, Offset, Offset i, Offset j, Offset head) {
    return double(bias(bucket(j - i), head));
  };
  all.push_back(
      attention_case("with biases of distances", z, {s, s, {}, by_distance, {}}, {}, relative_pairs(s, s, bucket), 5));
  std::vector<Offset> starts{0};
  for (std::size_t g = 0; g + 1 < s.size(); ++g)
    starts.push_back(starts.back() + (s[g + 1] - s[g]) * (s[g + 1] - s[g]));
  all.push_back(attention_case(
      "with biases of pairs", z,
      {s,
       s,
       {},
       [=](const Matrix& bias, Offset g, Offset i, Offset j, Offset head) {
         return double(bias(starts[std::size_t(g)] + i * (s[std::size_t(g) + 1] - s[std::size_t(g)]) + j, head));
       },
       {}},
      {}, single_pairs(s, s), starts.back()));
  // One block of numbers that all segments read, some of them negative.
  Offset side = 0;
  for (std::size_t g = 0; g + 1 < s.size(); ++g) side = std::max(side, s[g + 1] - s[g]);
  PairIds shared{std::vector<PairIds::Block>(s.size() - 1, {0, side}), some_ids(side * side, 3)};
  all.push_back(attention_case("with biases of one block", z,
                               {s,
                                s,
                                {},
                                [ids = shared.ids, side](const Matrix& bias, Offset, Offset i, Offset j, Offset head) {
                                  const NodeId id = ids[std::size_t(side * i + j)];
                                  return id < 0 ? 0 : double(bias(id, head));
                                },
                                {}},
                               {}, shared, 3));
  all.push_back(attention_case("with dropout", z, {s, s, {}, {}, AttentionDropout{Real(0.25), Rng(9)}}, {}));
}

// More than one tile of queries and of keys, everything at once; the number of rows is the same at all sizes.
void add_long(std::vector<OpCase>& all) {
  const std::vector<Offset> s{0, 140, 145};
  const auto bucket = [](Offset distance) { return NodeId(distance < 0); };
  const AttentionDropout dropout{Real(0.25), Rng(9)};
  const auto by_distance = [=](const Matrix& bias, Offset, Offset i, Offset j, Offset head) {
    return double(bias(bucket(j - i), head));
  };
  all.push_back(
      attention_case("over tiles", {145, 2, 1}, {s, s, {}, by_distance, {}}, {}, relative_pairs(s, s, bucket), 2));
  all.push_back(attention_case(
      "over tiles in a window, with dropout", {145, 2, 1},
      {s, s, [](Offset, Offset i, Offset j) { return j - i <= 3 && i - j <= 130; }, by_distance, dropout},
      window_mask(s, 130, 3), relative_pairs(s, s, bucket), 2));
}

// More rows than one block of the operation has.
void add_head_products(std::vector<OpCase>& all, const Sizes& z) {
  const Offset n = z.n + 70, m = 5, width = z.k;
  all.push_back({"head_products",
                 {{n, heads * width}, {m, heads * width}},
                 [](const Vars& in) { return head_products(in[0], in[1], heads); },
                 entries(fixed(n * m, heads), [=](const Matrices& in, Offset row, Offset head) {
                   return sum_of(head * width, (head + 1) * width,
                                 [&](Offset t) { return double(in[0](row / m, t)) * double(in[1](row % m, t)); });
                 })});
}

}  // namespace

std::vector<OpCase> attention_cases(const Sizes& sizes) {
  std::vector<OpCase> all;
  for (const auto add : {add_masks, add_biases, add_head_products}) add(all, sizes);
  add_long(all);
  return all;
}

}  // namespace pfm
