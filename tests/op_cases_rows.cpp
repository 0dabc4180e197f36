#include <pfm/nn/affine.h>
#include <pfm/nn/norms.h>
#include <pfm/nn/pair_ops.h>
#include <pfm/nn/products.h>
#include <pfm/nn/reductions.h>
#include <pfm/nn/shape.h>
#include <pfm/tests/op_reference.h>

#include <iterator>

namespace pfm {
namespace {

void add_products(std::vector<OpCase>& all, const Sizes& z) {
  all.push_back({"multiply",
                 {{z.n, z.k}, {z.k, z.m}},
                 [](const Vars& in) { return multiply(in[0], in[1]); },
                 entries(fixed(z.n, z.m), [](const Matrices& in, Offset i, Offset j) {
                   return sum_of(0, in[0].cols(), [&](Offset t) { return double(in[0](i, t)) * double(in[1](t, j)); });
                 })});
  all.push_back({"multiply_transposed",
                 {{z.n, z.k}, {z.m, z.k}},
                 [](const Vars& in) { return multiply_transposed(in[0], in[1]); },
                 entries(fixed(z.n, z.m), [](const Matrices& in, Offset i, Offset j) {
                   return sum_of(0, in[0].cols(), [&](Offset t) { return double(in[0](i, t)) * double(in[1](j, t)); });
                 })});
  all.push_back({"transposed_multiply",
                 {{z.n, z.k}, {z.n, z.m}},
                 [](const Vars& in) { return transposed_multiply(in[0], in[1]); },
                 entries(fixed(z.k, z.m), [](const Matrices& in, Offset i, Offset j) {
                   return sum_of(0, in[0].rows(), [&](Offset t) { return double(in[0](t, i)) * double(in[1](t, j)); });
                 })});
  all.push_back({"row_dots",
                 {{z.n, z.k}, {z.n, z.k}},
                 [](const Vars& in) { return row_dots(in[0], in[1]); },
                 entries(fixed(z.n, 1), [](const Matrices& in, Offset i, Offset) {
                   return sum_of(0, in[0].cols(), [&](Offset t) { return double(in[0](i, t)) * double(in[1](i, t)); });
                 })});
}

void add_affine(std::vector<OpCase>& all, const Sizes& z) {
  const auto expected = [](double (*activation)(double)) {
    return [activation](const Matrices& in, Offset i, Offset j) {
      return activation(double(in[2](0, j)) +
                        sum_of(0, in[0].cols(), [&](Offset t) { return double(in[0](i, t)) * double(in[1](t, j)); }));
    };
  };
  const std::vector<OpInput> inputs{{z.n, z.k}, {z.k, z.m}, {1, z.m}};
  all.push_back({"affine", inputs, [](const Vars& in) { return affine(in[0], in[1], in[2]); },
                 entries(fixed(z.n, z.m), expected([](double x) { return x; }))});
  all.push_back({"affine with gelu", inputs,
                 [](const Vars& in) { return affine(in[0], in[1], in[2], Activation::gelu); },
                 entries(fixed(z.n, z.m), expected([](double x) { return x / 2 * std::erfc(-x / std::sqrt(2.0)); }))});
}

void add_reductions(std::vector<OpCase>& all, const Sizes& z) {
  const std::vector<OpInput> a{{z.n, z.k}};
  const Entry of_rows = [](const Matrices& in, Offset, Offset j) {
    return sum_of(0, in[0].rows(), [&](Offset i) { return double(in[0](i, j)); });
  };
  const Entry of_columns = [](const Matrices& in, Offset i, Offset) {
    return sum_of(0, in[0].cols(), [&](Offset j) { return double(in[0](i, j)); });
  };
  const Entry of_all = [](const Matrices& in, Offset, Offset) {
    return sum_of(0, in[0].size(), [&](Offset i) { return double(in[0].data()[i]); });
  };
  const auto divided = [](Entry entry, double by) {
    return [=](const Matrices& in, Offset i, Offset j) { return entry(in, i, j) / by; };
  };
  const double n = double(z.n), k = double(z.k);
  all.push_back({"sum_rows", a, [](const Vars& in) { return sum_rows(in[0]); }, entries(fixed(1, z.k), of_rows)});
  all.push_back(
      {"mean_rows", a, [](const Vars& in) { return mean_rows(in[0]); }, entries(fixed(1, z.k), divided(of_rows, n))});
  all.push_back({"row_sums", a, [](const Vars& in) { return row_sums(in[0]); }, entries(fixed(z.n, 1), of_columns)});
  all.push_back({"row_means", a, [](const Vars& in) { return row_means(in[0]); },
                 entries(fixed(z.n, 1), divided(of_columns, k))});
  all.push_back({"sum", a, [](const Vars& in) { return sum(in[0]); }, entries(fixed(1, 1), of_all)});
  all.push_back({"mean", a, [](const Vars& in) { return mean(in[0]); }, entries(fixed(1, 1), divided(of_all, n * k))});
}

void add_norms(std::vector<OpCase>& all, const Sizes& z) {
  const OpInput a{z.n, z.k}, row{1, z.k};
  all.push_back({"softmax",
                 {a},
                 [](const Vars& in) { return softmax(in[0]); },
                 entries(fixed(z.n, z.k), [](const Matrices& in, Offset i, Offset j) {
                   return std::exp(double(in[0](i, j)) - log_sum(in[0], i));
                 })});
  all.push_back({"log_softmax",
                 {a},
                 [](const Vars& in) { return log_softmax(in[0]); },
                 entries(fixed(z.n, z.k), [](const Matrices& in, Offset i, Offset j) {
                   return double(in[0](i, j)) - log_sum(in[0], i);
                 })});
  all.push_back({"log_sum_exp",
                 {a},
                 [](const Vars& in) { return log_sum_exp(in[0]); },
                 entries(fixed(z.n, 1), [](const Matrices& in, Offset i, Offset) { return log_sum(in[0], i); })});
  all.push_back({"l2_normalise",
                 {a},
                 [](const Vars& in) { return l2_normalise(in[0]); },
                 entries(fixed(z.n, z.k), [](const Matrices& in, Offset i, Offset j) {
                   return double(in[0](i, j)) / std::sqrt(sum_of(0, in[0].cols(), [&](Offset t) {
                            return double(in[0](i, t)) * double(in[0](i, t));
                          }));
                 })});
  all.push_back({"layer_norm",
                 {a, row, row},
                 [](const Vars& in) { return layer_norm(in[0], in[1], in[2]); },
                 entries(fixed(z.n, z.k), [](const Matrices& in, Offset i, Offset j) {
                   const auto [mean, deviation] = moments(
                       in[0].cols(), [&](Offset t) { return double(in[0](i, t)); }, 1e-5);
                   return double(in[1](0, j)) * (double(in[0](i, j)) - mean) / deviation + double(in[2](0, j));
                 })});
  all.push_back({"add_norm",
                 {a, a, row, row},
                 [](const Vars& in) { return add_norm(in[0], in[1], in[2], in[3]); },
                 entries(fixed(z.n, z.k), [](const Matrices& in, Offset i, Offset j) {
                   const auto sum = [&](Offset t) { return double(in[0](i, t)) + double(in[1](i, t)); };
                   const auto [mean, deviation] = moments(in[0].cols(), sum, 1e-5);
                   return double(in[2](0, j)) * (sum(j) - mean) / deviation + double(in[3](0, j));
                 })});
  const Entry by_column = [](const Matrices& in, Offset i, Offset j) {
    const auto [mean, deviation] = moments(
        in[0].rows(), [&](Offset t) { return double(in[0](t, j)); }, 1e-5);
    return double(in[1](0, j)) * (double(in[0](i, j)) - mean) / deviation + double(in[2](0, j));
  };
  all.push_back({"batch_norm",
                 {a, row, row},
                 [](const Vars& in) { return batch_norm(in[0], in[1], in[2], {}, {}); },
                 entries(fixed(z.n, z.k), by_column)});
  all.push_back({"batch_norm_fixed",
                 {a, row, row},
                 [k = z.k](const Vars& in) {
                   return batch_norm_fixed(in[0], in[1], in[2], Var(Matrix::filled(1, k, Real(0.5))),
                                           Var(Matrix::filled(1, k, 4)));
                 },
                 entries(fixed(z.n, z.k), [](const Matrices& in, Offset i, Offset j) {
                   return double(in[1](0, j)) * (double(in[0](i, j)) - 0.5) / std::sqrt(4 + 1e-5) + double(in[2](0, j));
                 })});
}

void add_shapes(std::vector<OpCase>& all, const Sizes& z) {
  all.push_back({"concat_columns",
                 {{z.n, z.k}, {z.n, z.m}},
                 [](const Vars& in) {
                   return concat_columns({in[0], in[1], in[0]});
                 },
                 entries(fixed(z.n, 2 * z.k + z.m), [z](const Matrices& in, Offset i, Offset j) {
                   if (j < z.k) return in[0](i, j);
                   return j < z.k + z.m ? in[1](i, j - z.k) : in[0](i, j - z.k - z.m);
                 })});
  all.push_back({"concat_rows",
                 {{z.n, z.k}, {z.m, z.k}},
                 [](const Vars& in) {
                   return concat_rows({in[1], in[0]});
                 },
                 entries(fixed(z.n + z.m, z.k), [z](const Matrices& in, Offset i, Offset j) {
                   return i < z.m ? in[1](i, j) : in[0](i - z.m, j);
                 })});
  all.push_back({"slice_columns",
                 {{z.n, z.k}},
                 [k = z.k](const Vars& in) { return slice_columns(in[0], 1, k - 1); },
                 entries(fixed(z.n, z.k - 2), [](const Matrices& in, Offset i, Offset j) { return in[0](i, j + 1); })});
  all.push_back({"slice_rows",
                 {{z.n, z.k}},
                 [n = z.n](const Vars& in) { return slice_rows(in[0], 1, n - 1); },
                 entries(fixed(z.n - 2, z.k), [](const Matrices& in, Offset i, Offset j) { return in[0](i + 1, j); })});
  all.push_back({"reshape",
                 {{z.n, z.k}},
                 [z](const Vars& in) { return reshape(in[0], z.k, z.n); },
                 entries(fixed(z.k, z.n),
                         [n = z.n](const Matrices& in, Offset i, Offset j) { return in[0].data()[i * n + j]; })});
  all.push_back({"gather_rows",
                 {{z.m, z.k}},
                 [z](const Vars& in) { return gather_rows(in[0], some_ids(z.n, z.m)); },
                 entries(fixed(z.n, z.k), [ids = some_ids(z.n, z.m)](const Matrices& in, Offset i, Offset j) {
                   return ids[std::size_t(i)] < 0 ? 0 : in[0](ids[std::size_t(i)], j);
                 })});
  // Ends at random, some rows in many pairs.
  std::vector<Edge> pairs;
  for (std::uint64_t e = 0; e < std::uint64_t(z.n); ++e) {
    const auto end = [&](std::uint64_t seed) { return NodeId(Rng(seed).below(e, std::uint64_t(z.m))); };
    pairs.push_back({e % 4 == 0 ? 0 : end(1), e % 4 < 2 ? 0 : end(2)});
  }
  all.push_back({"pair_products",
                 {{z.m, z.k}},
                 [=](const Vars& in) { return pair_products(in[0], pairs); },
                 entries(fixed(z.n, z.k), [pairs](const Matrices& in, Offset i, Offset j) {
                   return double(in[0](pairs[std::size_t(i)].source, j)) *
                          double(in[0](pairs[std::size_t(i)].target, j));
                 })});
  all.push_back({"add_row_to",
                 {{z.n, z.k}, {1, z.k}},
                 [](const Vars& in) {
                   return add_row_to(in[0], in[1], std::vector<NodeId>{3, 0, 5});
                 },
                 entries(fixed(z.n, z.k), [](const Matrices& in, Offset i, Offset j) {
                   return double(in[0](i, j)) + (i == 0 || i == 3 || i == 5 ? double(in[1](0, j)) : 0);
                 })});
  all.push_back({"scatter_rows",
                 {{z.n, z.k}},
                 [z](const Vars& in) { return scatter_rows(in[0], some_ids(z.n, z.m), z.m); },
                 entries(fixed(z.m, z.k), [ids = some_ids(z.n, z.m)](const Matrices& in, Offset i, Offset j) {
                   return sum_of(0, in[0].rows(),
                                 [&](Offset t) { return ids[std::size_t(t)] == i ? double(in[0](t, j)) : 0; });
                 })});
}

}  // namespace

std::vector<OpCase> row_cases(const Sizes& sizes) {
  std::vector<OpCase> all;
  for (const auto add : {add_products, add_affine, add_reductions, add_norms, add_shapes}) add(all, sizes);
  return all;
}

std::vector<OpCase> op_cases(const Sizes& sizes) {
  std::vector<OpCase> all = entry_cases(sizes);
  for (const auto more : {row_cases, layer_cases, edge_cases, attention_cases, recurrent_cases, image_cases})
    std::ranges::move(more(sizes), std::back_inserter(all));
  return all;
}

std::vector<Matrix> inputs_of(const OpCase& one, std::uint64_t seed) {
  std::vector<Matrix> inputs;
  for (const auto& [rows, cols, domain] : one.inputs) {
    const Rng rng = Rng(seed).split(one.name).split(inputs.size());
    Matrix m(rows, cols);
    for (Offset i = 0; i < m.size(); ++i) {
      const double u = rng.uniform(std::uint64_t(i));
      const double any = u < 0.5 ? -0.05 - 3.9 * u : 0.05 + 3.9 * (u - 0.5);
      m.data()[i] = Real(domain == Domain::any ? any : domain == Domain::positive ? 0.5 + 2 * u : 0.05 + 0.9 * u);
    }
    inputs.push_back(std::move(m));
  }
  return inputs;
}

}  // namespace pfm
