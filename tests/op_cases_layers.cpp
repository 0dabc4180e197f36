#include <pfm/nn/activations.h>
#include <pfm/nn/classification.h>
#include <pfm/nn/layers.h>
#include <pfm/nn/segments.h>
#include <pfm/tests/op_reference.h>

namespace pfm {
namespace {

void add_segments(std::vector<OpCase>& all, const Sizes& z) {
  const std::vector<Offset> s = rising_segments(z.n);
  const Offset count = Offset(s.size()) - 1;
  const std::vector<OpInput> a{{z.n, z.k}};
  const auto sum_in = [s](const Matrix& x, Offset g, Offset j, auto f) {
    return sum_of(s[std::size_t(g)], s[std::size_t(g) + 1], [&](Offset i) { return f(double(x(i, j))); });
  };
  const auto same = [](double x) { return x; };
  const auto segment_of = [s](Offset i) { return Offset(std::ranges::upper_bound(s, i) - s.begin()) - 1; };
  all.push_back(
      {"segment_sums", a, [s](const Vars& in) { return segment_sums(in[0], s); },
       entries(fixed(count, z.k), [=](const Matrices& in, Offset g, Offset j) { return sum_in(in[0], g, j, same); })});
  all.push_back({"segment_means", a, [s](const Vars& in) { return segment_means(in[0], s); },
                 entries(fixed(count, z.k), [=](const Matrices& in, Offset g, Offset j) {
                   return sum_in(in[0], g, j, same) /
                          double(std::max<Offset>(1, s[std::size_t(g) + 1] - s[std::size_t(g)]));
                 })});
  all.push_back({"segment_max", a, [s](const Vars& in) { return segment_max(in[0], s); },
                 entries(fixed(count, z.k), [s](const Matrices& in, Offset g, Offset j) {
                   double best = s[std::size_t(g)] == s[std::size_t(g) + 1] ? 0 : -HUGE_VAL;
                   for (Offset i = s[std::size_t(g)]; i < s[std::size_t(g) + 1]; ++i)
                     best = std::max(best, double(in[0](i, j)));
                   return best;
                 })});
  all.push_back({"segment_softmax", a, [s](const Vars& in) { return segment_softmax(in[0], s); },
                 entries(fixed(z.n, z.k), [=](const Matrices& in, Offset i, Offset j) {
                   return std::exp(double(in[0](i, j))) /
                          sum_in(in[0], segment_of(i), j, [](double x) { return std::exp(x); });
                 })});
  all.push_back(
      {"repeat_segments",
       {{count, z.k}},
       [s](const Vars& in) { return repeat_segments(in[0], s); },
       entries(fixed(z.n, z.k), [=](const Matrices& in, Offset i, Offset j) { return in[0](segment_of(i), j); })});
}

void add_losses(std::vector<OpCase>& all, const Sizes& z) {
  const std::vector<NodeId> targets = some_ids(z.n, z.k);
  std::vector<Real> weights;
  for (Offset j = 0; j < z.k; ++j) weights.push_back(Real(0.5 + double(j % 3)));
  const double smoothing = double(Real(0.2));
  const auto expected = [=](const std::vector<Real>& w, double smooth) {
    return entries(fixed(1, 1), [=](const Matrices& in, Offset, Offset) {
      double loss = 0, all_weights = 0;
      for (Offset i = 0; i < in[0].rows(); ++i) {
        const NodeId t = targets[std::size_t(i)];
        if (t < 0) continue;
        const auto minus_log = [&](Offset j) {
          return double(w[std::size_t(j)]) * (log_sum(in[0], i) - double(in[0](i, j)));
        };
        loss += (1 - smooth) * minus_log(t) + smooth / double(in[0].cols()) * sum_of(0, in[0].cols(), minus_log);
        all_weights += double(w[std::size_t(t)]);
      }
      return loss / all_weights;
    });
  };
  all.push_back({"cross_entropy",
                 {{z.n, z.k}},
                 [=](const Vars& in) { return cross_entropy(in[0], targets); },
                 expected(std::vector<Real>(std::size_t(z.k), 1), 0)});
  all.push_back({"cross_entropy weighted, smoothed",
                 {{z.n, z.k}},
                 [=](const Vars& in) {
                   return cross_entropy(in[0], targets, {weights, Real(smoothing)});
                 },
                 expected(weights, smoothing)});
  all.push_back({"bce_with_logits",
                 {{z.n, z.k}, {z.n, z.k, Domain::share}},
                 [](const Vars& in) { return bce_with_logits(in[0], in[1], 3); },
                 entries(fixed(1, 1), [](const Matrices& in, Offset, Offset) {
                   return sum_of(0, in[0].size(),
                                 [&](Offset i) {
                                   const double p = 1 / (1 + std::exp(-double(in[0].data()[i]))),
                                                y = double(in[1].data()[i]);
                                   return -3 * y * std::log(p) - (1 - y) * std::log(1 - p);
                                 }) /
                          double(in[0].size());
                 })});
}

// Layers take their parameters from the inputs, so that these are checked too.
void add_layers(std::vector<OpCase>& all, const Sizes& z) {
  const auto affine = [](const Matrices& in, Offset i, Offset j) {
    return double(in[2](0, j)) +
           sum_of(0, in[0].cols(), [&](Offset t) { return double(in[0](i, t)) * double(in[1](t, j)); });
  };
  all.push_back({"Linear",
                 {{z.n, z.k}, {z.k, z.m}, {1, z.m}},
                 [z](const Vars& in) {
                   Linear layer(Params(), z.k, z.m);
                   layer.weight = in[1], layer.bias = in[2];
                   return layer(in[0]);
                 },
                 entries(fixed(z.n, z.m), affine)});
  all.push_back({"Mlp",
                 {{z.n, z.k}, {z.k, z.m}, {1, z.m}, {z.m, z.k}, {1, z.k}},
                 [z](const Vars& in) {
                   Mlp layer(Params(), {z.k, z.m, z.k}, tanh);
                   layer.layers[0].weight = in[1], layer.layers[0].bias = in[2];
                   layer.layers[1].weight = in[3], layer.layers[1].bias = in[4];
                   return layer(in[0]);
                 },
                 entries(fixed(z.n, z.k), [=](const Matrices& in, Offset i, Offset j) {
                   return double(in[4](0, j)) + sum_of(0, in[3].rows(), [&](Offset t) {
                            return std::tanh(affine(in, i, t)) * double(in[3](t, j));
                          });
                 })});
  const auto score = [](const Matrices& in, Offset i, Offset other) {
    return double(in[3](0, 0)) + sum_of(0, in[1].rows(), [&](Offset s) {
             return sum_of(0, in[1].cols(), [&](Offset t) {
               return double(in[0](i, s)) * double(in[1](s, t)) * double(in[2](other, t));
             });
           });
  };
  for (const Offset rows : {z.n, Offset{1}})
    all.push_back({rows == 1 ? "Bilinear with one row" : "Bilinear",
                   {{z.n, z.k}, {z.k, z.m}, {rows, z.m}, {1, 1}},
                   [z](const Vars& in) {
                     Bilinear layer(Params(), z.k, z.m);
                     layer.weight = in[1], layer.bias = in[3];
                     return layer(in[0], in[2]);
                   },
                   entries(fixed(z.n, 1),
                           [=](const Matrices& in, Offset i, Offset) { return score(in, i, rows == 1 ? 0 : i); })});
}

}  // namespace

std::vector<OpCase> layer_cases(const Sizes& sizes) {
  std::vector<OpCase> all;
  for (const auto add : {add_segments, add_losses, add_layers}) add(all, sizes);
  return all;
}

}  // namespace pfm
