// What both passes of attention do with one head of one segment. Included by kernels/attention*.cpp only.
#pragma once
#include <pfm/kernels/arenas.h>
#include <pfm/kernels/attention.h>
#include <pfm/kernels/lanes.h>
#include <pfm/kernels/parallel.h>
#include <pfm/kernels/tile_product.h>

#include <algorithm>
#include <limits>

namespace pfm::attention {

// Queries and keys of a tile: its scores stay in the second-level cache. Tiles stand at multiples, also where a mask
// hides what lies before.
constexpr Offset tile = 128;

struct Range {
  Offset begin, end;
  Offset size() const { return end - begin; }
};

// The scores row[0, keys) outside `seen` become -infinity, as far as its whole lanes reach, else 0: what is
// computed on the lanes returned needs no case for their ends.
inline Range hide_around(Real* row, Range seen, Offset keys) {
  const Offset begin = seen.begin / lanes * lanes, end = (seen.end + lanes - 1) / lanes * lanes;
  std::fill(row, row + begin, Real(0));
  std::fill(row + begin, row + seen.begin, lowest);
  std::fill(row + seen.end, row + end, lowest);
  if (end < keys) std::fill(row + end, row + keys, Real(0));
  return {begin, end};
}

struct Work {
  Matrix weights{tile, tile}, kept{tile, tile}, change{tile, tile};
  Matrix turned;  // keys or values of a head, a row for each of their columns
  std::vector<Real> top, sum;
  std::vector<Words> draws;
};

// The numbers of one call.
struct Inputs {
  const AttentionPlan& plan;
  const AttentionHeads& heads;
  const Matrix &q, &k, &v;
  const Matrix& bias;  // [h, B]: of one head together; or empty
  Offset head_width() const { return q.cols() / heads.count; }
  Offset value_width() const { return v.cols() / heads.count; }
  Real factor() const { return heads.dropout ? 1 / (1 - heads.dropout->rate) : 1; }
};

// One head of one segment. Rows of queries and keys are places in the segment.
struct Head {
  const Inputs& in;
  Offset g, head;

  Offset first_query() const { return in.plan.queries[std::size_t(g)]; }
  Offset first_key() const { return in.plan.keys[std::size_t(g)]; }
  Offset queries() const { return in.plan.queries[std::size_t(g) + 1] - first_query(); }
  Offset keys() const { return in.plan.keys[std::size_t(g) + 1] - first_key(); }
  // Where this head's part of a row of the segment stands in a matrix of all heads.
  template <class M>
  auto* part(M& all, Offset first, Offset row) const {
    return all.data() + (first + row) * all.cols() + head * (all.cols() / in.heads.count);
  }
  template <class M>
  auto* query(M& all, Offset row) const {
    return part(all, first_query(), row);
  }
  template <class M>
  auto* key(M& all, Offset row) const {
    return part(all, first_key(), row);
  }

  // Of `keys`, those that lie between the ends that query i sees; with ranks all.
  Range between(Offset i, Range keys) const {
    const AttentionMask& mask = in.plan.mask;
    if (!mask.rank.empty()) return keys;
    const auto row = std::size_t(first_query() + i);
    if (!mask.last.empty()) keys.end = std::clamp(mask.last[row], keys.begin, keys.end);
    if (!mask.first.empty()) keys.begin = std::clamp(mask.first[row], keys.begin, keys.end);
    return keys;
  }
  bool hidden(Range rows, Range keys) const {
    for (Offset i = rows.begin; i < rows.end; ++i)
      if (between(i, keys).size() > 0) return false;
    return true;
  }

  void add_bias(Offset i, Range keys, Real* __restrict scores) const {
    const auto [start, stride] = in.plan.pairs.blocks[std::size_t(g)];
    const Real* biases = in.bias.data() + head * in.bias.cols();
    const Offset first = start + stride * i + keys.begin;
    if (in.plan.pairs.ids.empty()) {
      for (Offset j = 0; j < keys.size(); ++j) scores[j] += biases[first + j];
      return;
    }
    const NodeId* ids = in.plan.pairs.ids.data() + first;
    for (Offset j = 0; j < keys.size(); ++j) scores[j] += ids[j] < 0 ? 0 : biases[ids[j]];
  }
  void hide_by_rank(Offset i, Range keys, Real* scores) const {
    const AttentionMask& mask = in.plan.mask;
    const auto row = std::size_t(first_query() + i);
    const Offset first = mask.first.empty() ? 0 : mask.first[row];
    const Offset last = mask.last.empty() ? std::numeric_limits<Offset>::max() : mask.last[row];
    const Offset* rank = mask.rank.data() + first_key() + keys.begin;
    for (Offset j = 0; j < keys.size(); ++j)
      if (rank[j] < first || rank[j] >= last) scores[j] = lowest;
  }

  // to [rows, keys] with `tile` columns = scale a b^T, a of the queries and b of the keys. Behind the keys stands
  // anything.
  void products(Range rows, Range keys, Real scale, const Matrix& a, const Matrix& b, Matrix& turned, Real* to) const {
    const Offset width = a.cols() / in.heads.count;
    if (turned.rows() < width) turned = Matrix(width, tile);
    transpose_tile(keys.size(), width, key(b, keys.begin), b.cols(), turned.data(), tile);
    tile_product(rows.size(), whole_vectors(keys.size()), width, scale, {query(a, rows.begin), a.cols(), 1},
                 turned.data(), tile, Into::empty, to, tile);
  }

  // scores [rows, keys] with `tile` columns; what lies outside between() holds anything.
  void scores(Range rows, Range keys, Matrix& turned, Real* to) const {
    products(rows, keys, in.heads.scale, in.q, in.k, turned, to);
    for (Offset i = rows.begin; i < rows.end; ++i, to += tile) {
      if (!in.bias.empty()) add_bias(i, keys, to);
      if (!in.plan.mask.rank.empty()) hide_by_rank(i, keys, to);
    }
  }

  // to[j] = weights[j] with dropout, for the keys of query i.
  void drop(Offset i, Range keys, const Real* weights, Real* to, std::vector<Words>& draws) const {
    const AttentionDropout& dropout = *in.heads.dropout;
    const Real factor = in.factor();
    const auto least = std::uint32_t(double(dropout.rate) * 4294967296.0);  // words below it are dropped
    draws.resize(std::size_t(keys.size() + 3) / 4);
    dropout.rng.split(std::uint64_t((first_query() + i) * in.heads.count + head))
        .blocks(std::uint64_t(keys.begin / 4), draws);
    const std::uint32_t* words = draws[0].data();
    for (Offset j = 0; j < keys.size(); ++j) to[j] = words[j] < least ? 0 : factor * weights[j];
  }
};

// Asks for this head's share of the next segment's rows, where they are few: they lie in pieces of a few lines, and a
// small segment is done before memory has answered.
inline void fetch_next(const Head& head, std::initializer_list<const Matrix*> of_queries,
                       std::initializer_list<const Matrix*> of_keys) {
  const auto next = std::size_t(head.g) + 1;
  const auto fetch = [&](const std::vector<Offset>& starts, std::initializer_list<const Matrix*> all) {
    if (next + 1 >= starts.size() || starts[next + 1] - starts[next] > tile) return;
    for (const Matrix* matrix : all) {
      const Offset count = head.in.heads.count, cols = matrix->cols(), size = (starts[next + 1] - starts[next]) * cols;
      const Real* rows = matrix->data() + starts[next] * cols;
      for (Offset at = size * head.head / count; at < size * (head.head + 1) / count; at += 64 / sizeof(Real))
        __builtin_prefetch(rows + at, 0, 2);
    }
  };
  fetch(head.in.plan.queries, of_queries), fetch(head.in.plan.keys, of_keys);
}

// body(begin, end) for the tiles of [0, n).
template <class Body>
void each_tile(Offset n, Body body) {
  for (Offset begin = 0; begin < n; begin += tile) body(Range{begin, std::min(n, begin + tile)});
}

inline Matrix heads_together(const Matrix* a) {
  if (!a) return {};
  Matrix out(a->cols(), a->rows());
  for (Offset i = 0; i < a->rows(); ++i)
    for (Offset j = 0; j < a->cols(); ++j) out(j, i) = (*a)(i, j);
  return out;
}

inline void expect_inputs(const AttentionPlan& plan, const AttentionHeads& heads, const Matrix& q, const Matrix& k,
                          const Matrix& v, const Matrix* bias) {
  expect(heads.count > 0 && q.cols() % heads.count == 0 && v.cols() % heads.count == 0 && q.cols() == k.cols() &&
             k.rows() == v.rows(),
         "attend: q [n, h d], k [m, h d], v [m, h c]");
  expect(!bias || bias->cols() == heads.count, "attend: bias [B, h]");
  expect(!heads.dropout || (heads.dropout->rate >= 0 && heads.dropout->rate < 1), "attend: a dropout rate in [0, 1)");
  expect_plan(plan, q.rows(), k.rows(), bias ? std::optional(bias->rows()) : std::nullopt);
}

}  // namespace pfm::attention
