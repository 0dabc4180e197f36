#include <pfm/graph/build.h>
#include <pfm/graph/symmetrise.h>
#include <pfm/nn/edge_attention.h>
#include <pfm/nn/edge_ops.h>
#include <pfm/nn/shared_attention.h>
#include <pfm/tests/op_reference.h>

namespace pfm {
namespace {

constexpr Offset heads = 2;

// Directed, weighted, about 3 edges a node, some loops; node 0 sends and receives much, the last has no edge.
Graph case_graph(Offset n) {
  std::vector<Edge> edges;
  std::vector<Real> weights;
  const auto nodes = std::uint64_t(n - 1);
  for (std::uint64_t e = 0; e < 3 * nodes; ++e) {
    const NodeId u = NodeId(Rng(5).below(e, nodes)), v = NodeId(Rng(6).below(e, nodes));
    edges.push_back({e % 5 == 0 ? 0 : u, e % 5 == 1 ? 0 : v});
    weights.push_back(Real(0.5 + Rng(7).uniform(e)));
  }
  return build_graph(NodeId(n), edges, weights, {.undirected = false, .self_loops = BuildRules::SelfLoops::keep});
}

// Sum of term(e, j) over the entries e = (i, j) of row i.
template <class Term>
double row_sum(const Sparse& a, Offset i, Term term) {
  const auto& o = a.view().offsets;
  return sum_of(o[std::size_t(i)], o[std::size_t(i) + 1],
                [&](Offset e) { return term(e, Offset(a.view().columns[std::size_t(e)])); });
}

Offset row_of(const Sparse& a, Offset e) {
  return Offset(std::ranges::upper_bound(a.view().offsets, e) - a.view().offsets.begin()) - 1;
}
Offset column_of(const Sparse& a, Offset e) { return a.view().columns[std::size_t(e)]; }
double count_of(const Sparse& a, Offset i) { return double(std::max<std::size_t>(1, a.columns(i).size())); }

// Softmax of score(e, j, head) over row i, the head's x[j] summed with it.
template <class Score>
double attended(const Sparse& a, const Matrix& x, Offset i, Offset column, Score score) {
  const Offset head = column / (x.cols() / heads);
  const double sum = row_sum(a, i, [&](Offset e, Offset j) { return std::exp(score(e, j, head)); });
  return row_sum(a, i, [&](Offset e, Offset j) { return std::exp(score(e, j, head)) / sum * double(x(j, column)); });
}

double leaky(double x) { return x > 0 ? x : double(Real(0.2)) * x; }

void add_aggregates(std::vector<OpCase>& all, const Sizes& z) {
  const Sparse a = case_graph(z.n).incoming();
  const Offset edges = a.nonzeros(), width = heads * z.m;
  const auto value = [a](Offset e) { return double(a.view().values[std::size_t(e)]); };
  const auto x = std::vector<OpInput>{{z.n, z.k}};
  all.push_back({"spmm", x, [a](const Vars& in) { return spmm(a, in[0]); },
                 entries(fixed(z.n, z.k), [=](const Matrices& in, Offset i, Offset k) {
                   return row_sum(a, i, [&](Offset e, Offset j) { return value(e) * double(in[0](j, k)); });
                 })});
  all.push_back({"spmm_with_own", x, [a](const Vars& in) { return spmm_with_own(Real(1.5), a, in[0]); },
                 entries(fixed(z.n, z.k), [=](const Matrices& in, Offset i, Offset k) {
                   return 1.5 * double(in[0](i, k)) +
                          row_sum(a, i, [&](Offset e, Offset j) { return value(e) * double(in[0](j, k)); });
                 })});
  all.push_back({"spmm_add_row",
                 {{z.n, z.k}, {1, z.k}},
                 [a](const Vars& in) { return spmm_add_row(a, in[0], in[1]); },
                 entries(fixed(z.n, z.k), [=](const Matrices& in, Offset i, Offset k) {
                   return double(in[1](0, k)) +
                          row_sum(a, i, [&](Offset e, Offset j) { return value(e) * double(in[0](j, k)); });
                 })});
  // Directed entries by powers, symmetric ones by Chebyshev polynomials; both solve y = (1 - alpha) A y + alpha x.
  for (const Sparse& p : {case_graph(z.n).propagation(), symmetrised(case_graph(z.n)).propagation()})
    all.push_back({p.symmetric() ? "diffuse_pagerank" : "diffuse_pagerank directed", x,
                   [p](const Vars& in) { return diffuse_pagerank(p, in[0], 0.2); },
                   [p](const Matrices& in) {
                     Matrix y = in[0].clone();
                     for (int round = 0; round < 200; ++round) {
                       Matrix next(y.rows(), y.cols());
                       for (Offset i = 0; i < y.rows(); ++i)
                         for (Offset k = 0; k < y.cols(); ++k)
                           next(i, k) = Real(0.2 * double(in[0](i, k)) +
                                             0.8 * row_sum(p, i, [&](Offset e, Offset j) {
                                               return double(p.view().values[std::size_t(e)]) * double(y(j, k));
                                             }));
                       y = std::move(next);
                     }
                     return y;
                   }});
  all.push_back({"spmm with edge values",
                 {{edges, heads}, {z.n, width}},
                 [a](const Vars& in) { return spmm(a, in[0], in[1]); },
                 entries(fixed(z.n, width), [=](const Matrices& in, Offset i, Offset k) {
                   return row_sum(a, i,
                                  [&](Offset e, Offset j) { return double(in[0](e, k / z.m)) * double(in[1](j, k)); });
                 })});
  all.push_back({"aggregate mean", x, [a](const Vars& in) { return aggregate(a, in[0], Reduce::mean); },
                 entries(fixed(z.n, z.k), [=](const Matrices& in, Offset i, Offset k) {
                   return row_sum(a, i, [&](Offset e, Offset j) { return value(e) * double(in[0](j, k)); }) /
                          count_of(a, i);
                 })});
  all.push_back({"aggregate max", x, [a](const Vars& in) { return aggregate(a, in[0], Reduce::max); },
                 entries(fixed(z.n, z.k), [=](const Matrices& in, Offset i, Offset k) {
                   double best = a.columns(i).empty() ? 0 : -HUGE_VAL;
                   row_sum(a, i, [&](Offset e, Offset j) {
                     best = std::max(best, double(Real(value(e)) * in[0](j, k)));
                     return 0;
                   });
                   return best;
                 })});
}

void add_edge_values(std::vector<OpCase>& all, const Sizes& z) {
  const Sparse a = case_graph(z.n).incoming();
  const Offset edges = a.nonzeros(), width = heads * z.m;
  const std::vector<OpInput> x{{z.n, z.k}}, rows{{edges, z.k}};
  all.push_back({"gather_sources", x, [a](const Vars& in) { return gather_sources(a, in[0]); },
                 entries(fixed(edges, z.k),
                         [a](const Matrices& in, Offset e, Offset k) { return double(in[0](column_of(a, e), k)); })});
  all.push_back({"gather_targets", x, [a](const Vars& in) { return gather_targets(a, in[0]); },
                 entries(fixed(edges, z.k),
                         [a](const Matrices& in, Offset e, Offset k) { return double(in[0](row_of(a, e), k)); })});
  all.push_back({"edge_dots",
                 {{z.n, width}, {z.n, width}},
                 [a](const Vars& in) { return edge_dots(a, in[0], in[1], heads); },
                 entries(fixed(edges, heads), [=](const Matrices& in, Offset e, Offset h) {
                   return sum_of(h * z.m, (h + 1) * z.m, [&](Offset t) {
                     return double(in[0](row_of(a, e), t)) * double(in[1](column_of(a, e), t));
                   });
                 })});
  all.push_back({"edge_softmax", rows, [a](const Vars& in) { return edge_softmax(a, in[0]); },
                 entries(fixed(edges, z.k), [a](const Matrices& in, Offset e, Offset k) {
                   const auto power = [&](Offset f, Offset) { return std::exp(double(in[0](f, k))); };
                   return power(e, 0) / row_sum(a, row_of(a, e), power);
                 })});
  for (const Reduce reduce : {Reduce::sum, Reduce::mean})
    all.push_back({reduce == Reduce::sum ? "aggregate_edges sum" : "aggregate_edges mean", rows,
                   [=](const Vars& in) { return aggregate_edges(a, in[0], reduce); },
                   entries(fixed(z.n, z.k), [=](const Matrices& in, Offset i, Offset k) {
                     return row_sum(a, i, [&](Offset e, Offset) { return double(in[0](e, k)); }) /
                            (reduce == Reduce::sum ? 1 : count_of(a, i));
                   })});
}

void add_messages(std::vector<OpCase>& all, const Sizes& z) {
  const Graph g = case_graph(z.n);
  const Messages m = g.messages(Loops::replaced);
  const Offset messages = m.along.nonzeros();
  const std::vector<OpInput> rows{{g.edges(), z.k}};
  const auto own = [m](const Matrices& in, Offset e, Offset k) { return double(in[0](m.edge[std::size_t(e)], k)); };
  const auto added = [m](Offset e) { return m.edge[std::size_t(e)] < 0; };
  all.push_back({"along", rows, [m](const Vars& in) { return along(m, in[0], Real(0.5)); },
                 entries(fixed(messages, z.k),
                         [=](const Matrices& in, Offset e, Offset k) { return added(e) ? 0.5 : own(in, e, k); })});
  all.push_back({"along with mean loops", rows, [m](const Vars& in) { return along_with_mean_loops(m, in[0]); },
                 entries(fixed(messages, z.k), [=](const Matrices& in, Offset e, Offset k) {
                   if (!added(e)) return own(in, e, k);
                   const Offset i = row_of(m.along, e);
                   return row_sum(m.along, i, [&](Offset f, Offset) { return added(f) ? 0 : own(in, f, k); }) /
                          std::max(1.0, count_of(m.along, i) - 1);
                 })});
  const Sparse a = g.incoming().without_values();  // the last node has degree 0
  for (const Norm norm : {Norm::row, Norm::symmetric})
    all.push_back({norm == Norm::row ? "normalise_edges row" : "normalise_edges symmetric",
                   {{a.nonzeros(), 1, Domain::positive}},
                   [=](const Vars& in) { return normalise_edges(a, in[0], norm); },
                   entries(fixed(a.nonzeros(), 1), [=](const Matrices& in, Offset e, Offset) {
                     const auto inverse = [&](Offset i) {
                       const double d = row_sum(a, i, [&](Offset f, Offset) { return double(in[0](f, 0)); });
                       return d > 0 ? std::pow(d, norm == Norm::row ? -1 : -0.5) : 0;
                     };
                     const double scale = inverse(row_of(a, e));
                     return double(in[0](e, 0)) * scale * (norm == Norm::row ? 1 : inverse(column_of(a, e)));
                   })});
}

void add_heads(std::vector<OpCase>& all, const Sizes& z) {
  const Offset width = heads * z.m;
  all.push_back({"head_dots",
                 {{z.n, width}, {1, width}},
                 [](const Vars& in) { return head_dots(in[0], in[1], heads); },
                 entries(fixed(z.n, heads), [z](const Matrices& in, Offset i, Offset h) {
                   return sum_of(h * z.m, (h + 1) * z.m,
                                 [&](Offset t) { return double(in[0](i, t)) * double(in[1](0, t)); });
                 })});
  all.push_back({"mean_heads",
                 {{z.n, width}},
                 [](const Vars& in) { return mean_heads(in[0], heads); },
                 entries(fixed(z.n, z.m), [z](const Matrices& in, Offset i, Offset c) {
                   return sum_of(0, heads, [&](Offset h) { return double(in[0](i, h * z.m + c)); }) / double(heads);
                 })});
}

void add_additive(std::vector<OpCase>& all, const Sizes& z) {
  const Sparse a = case_graph(z.n).incoming();
  const Offset edges = a.nonzeros(), width = heads * z.m;
  const std::vector<OpInput> in{{z.n, heads}, {z.n, heads}, {z.n, width}, {edges, heads}};
  for (const bool with_edges : {false, true})
    all.push_back(
        {with_edges ? "additive_attention with edges" : "additive_attention",
         {in.begin(), in.end() - (with_edges ? 0 : 1)},
         [=](const Vars& v) { return additive_attention(a, v[0], v[1], with_edges ? v[3] : Var(), v[2], Real(0.2)); },
         entries(fixed(z.n, width), [=](const Matrices& m, Offset i, Offset k) {
           return attended(a, m[2], i, k, [&](Offset e, Offset j, Offset h) {
             return leaky(double(m[0](j, h)) + double(m[1](i, h)) + (with_edges ? double(m[3](e, h)) : 0));
           });
         })});
  // Dropout: the entries that stay are those of the rule in kernels/edges.h.
  const Real rate = Real(0.4);
  all.push_back({"additive_attention with dropout",
                 {in.begin(), in.end() - 1},
                 [=](const Vars& v) {
                   return additive_attention(a, v[0], v[1], {}, v[2], Real(0.2), AttentionDropout{rate, Rng(8)});
                 },
                 entries(fixed(z.n, width), [=](const Matrices& m, Offset i, Offset k) {
                   const Offset h = k / z.m;
                   const auto power = [&](Offset, Offset j) {
                     return std::exp(leaky(double(m[0](j, h)) + double(m[1](i, h))));
                   };
                   const double sum = row_sum(a, i, power);
                   return row_sum(a, i, [&](Offset e, Offset j) {
                     const bool dropped = Rng(8).uniform(std::uint64_t(e * heads + h)) < double(rate);
                     return dropped ? 0 : power(e, j) / sum / (1 - double(rate)) * double(m[2](j, k));
                   });
                 })});
  // Even rows share all rows, odd ones the first three; the first has no neighbours.
  auto groups = std::make_shared<std::vector<SharedNeighbours>>(2);
  for (NodeId i = 0; i < NodeId(z.n); ++i) {
    if (i > 0) (*groups)[std::size_t(i % 2)].targets.push_back(i);
    (*groups)[0].sources.push_back(i);
    if (i < 3) (*groups)[1].sources.push_back(i);
  }
  for (const Real share : {Real(0), Real(0.4)}) {
    const auto dropout = share > 0 ? std::optional(AttentionDropout{share, Rng(8)}) : std::nullopt;
    all.push_back({share > 0 ? "shared_attention, dropped" : "shared_attention",
                   {in.begin(), in.end() - 1},
                   [=](const Vars& v) { return shared_attention(groups, v[0], v[1], v[2], Real(0.2), dropout); },
                   entries(fixed(z.n, width), [=](const Matrices& m, Offset i, Offset k) {
                     if (i == 0) return 0.0;
                     const auto group = std::size_t(i % 2);
                     const Offset head = k / z.m;
                     const Rng rng = Rng(8).split(group);
                     double sum = 0, total = 0;
                     for (std::size_t s = 0; s < (*groups)[group].sources.size(); ++s) {
                       const NodeId j = (*groups)[group].sources[s];
                       const double power = std::exp(leaky(double(m[0](j, head)) + double(m[1](i, head))));
                       const bool dropped = rng.uniform(std::uint64_t(Offset(s) * heads + head)) < double(share);
                       sum += power, total += dropped ? 0 : power / (1 - double(share)) * double(m[2](j, k));
                     }
                     return sum > 0 ? total / sum : 0;
                   })});
  }
}

void add_dynamic(std::vector<OpCase>& all, const Sizes& z) {
  const Sparse a = case_graph(z.n).incoming();
  const Offset edges = a.nonzeros(), width = heads * z.m;
  const std::vector<OpInput> in{{z.n, width}, {z.n, width}, {1, width, Domain::share}, {edges, width}};
  for (const bool with_edges : {false, true})
    all.push_back({with_edges ? "dynamic_attention with edges" : "dynamic_attention",
                   {in.begin(), in.end() - (with_edges ? 0 : 1)},
                   [=](const Vars& v) {
                     return dynamic_attention(a, v[0], v[1], v[2], with_edges ? v[3] : Var(), heads, Real(0.2));
                   },
                   entries(fixed(z.n, width), [=](const Matrices& m, Offset i, Offset k) {
                     return attended(a, m[0], i, k, [&](Offset e, Offset j, Offset h) {
                       return sum_of(h * z.m, (h + 1) * z.m, [&](Offset t) {
                         return double(m[2](0, t)) *
                                leaky(double(m[0](j, t)) + double(m[1](i, t)) + (with_edges ? double(m[3](e, t)) : 0));
                       });
                     });
                   })});
}

}  // namespace

std::vector<OpCase> edge_cases(const Sizes& sizes) {
  std::vector<OpCase> all;
  add_aggregates(all, sizes);
  add_edge_values(all, sizes);
  add_messages(all, sizes);
  add_heads(all, sizes);
  add_additive(all, sizes);
  add_dynamic(all, sizes);
  return all;
}

}  // namespace pfm
