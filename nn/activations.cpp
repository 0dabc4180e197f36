#include <pfm/kernels/gelu.h>
#include <pfm/kernels/rows.h>
#include <pfm/nn/activations.h>
#include <pfm/nn/elementwise.h>

#include <cmath>
#include <cstring>

namespace pfm {

Var relu(const Var& a) {
  return elementwise(
      a, [](Real x) { return x > 0 ? x : 0; }, [](Real x, Real) { return Real(x > 0); });
}

Var leaky_relu(const Var& a, Real slope) {
  return elementwise(
      a,
      [slope](Real x) {
        const Real low = slope * x;
        return x > 0 ? x : low;
      },
      [slope](Real x, Real) { return x > 0 ? Real(1) : slope; });
}

Var elu(const Var& a, Real alpha) {
  return elementwise(
      a,
      [alpha](Real x) {
        const Real low = alpha * (exponential(x) - 1);
        return x > 0 ? x : low;
      },
      [alpha](Real x, Real y) {
        const Real low = y + alpha;
        return x > 0 ? Real(1) : low;
      });
}

Var gelu(const Var& a) {
  return elementwise(
      a, [](Real x) { return gelu_of(x); }, [](Real x, Real) { return gelu_with_slope(x).slope; });
}

Var gelu_tanh(const Var& a) {
  return elementwise(
      a, [](Real x) { return gelu_tanh_of(x); }, [](Real x, Real) { return gelu_tanh_with_slope(x).slope; });
}

Var silu(const Var& a) {
  return elementwise(
      a, [](Real x) { return x * logistic(x); },
      [](Real x, Real y) {
        const Real s = logistic(x);
        return s + y * (1 - s);
      });
}

Var sigmoid(const Var& a) {
  return elementwise(
      a, [](Real x) { return logistic(x); }, [](Real, Real y) { return y * (1 - y); });
}

Var tanh(const Var& a) {
  return elementwise(
      a, [](Real x) { return hyperbolic_tangent(x); }, [](Real, Real y) { return 1 - y * y; });
}

Var softplus(const Var& a) {
  return elementwise(
      a, [](Real x) { return soft_plus(x); }, [](Real x, Real) { return logistic(x); });
}

namespace {

// A slope per column, also where all columns share one.
Matrix slopes(const Matrix& slope, Offset k) {
  expect(slope.rows() == 1 && (slope.cols() == 1 || slope.cols() == k), "prelu: slope [1, 1] or [1, k]");
  return slope.cols() == k ? slope.clone() : Matrix::filled(1, k, slope(0, 0));
}

Matrix prelu_value(const Matrix& a, const Matrix& shift, const Matrix& slope) {
  const Offset k = a.cols();
  expect(shift.rows() == 1 && shift.cols() == k, "add_row_prelu: a row [1, k]");
  Matrix out(a.rows(), k);
  parallel_for(a.rows(), rows_per_block(k), [&, r = shift.data(), s = slope.data()](Offset begin, Offset end) {
    for (Offset i = begin; i < end; ++i) {
      const Real* __restrict x = a.data() + i * k;
      Real* __restrict y = out.data() + i * k;
      for (Offset j = 0; j < k; ++j) {
        const Real v = x[j] + r[j], low = s[j] * v;
        y[j] = v > 0 ? v : low;
      }
    }
  });
  return out;
}

// Turns dy into dx in place; returns [2, k], the sums over rows of dx and of what the slopes receive.
Matrix prelu_gradient(const Matrix& a, const Matrix& shift, const Matrix& slope, Matrix& grad) {
  const Offset k = a.cols();
  return sum_over_rows(a.rows(), 2 * k, [&, r = shift.data(), s = slope.data()](Offset i, Real* __restrict sums) {
    const Real* __restrict x = a.data() + i * k;
    Real* __restrict g = grad.data() + i * k;
    for (Offset j = 0; j < k; ++j) {
      const Real v = x[j] + r[j], low = s[j] * g[j], lost = v * g[j];
      g[j] = v > 0 ? g[j] : low;
      sums[j] += g[j];
      sums[k + j] += v > 0 ? 0 : lost;
    }
  });
}

Var prelu_after(const Var& a, const Var& row, const Var& slope) {
  const Offset k = a.cols();
  const auto shift = [k](const Var& r) { return r ? r.value().clone() : Matrix::zeros(1, k); };
  std::vector<Var> inputs{a, slope};
  if (row) inputs.push_back(row);
  return Var::record(prelu_value(a.value(), shift(row), slopes(slope.value(), k)), std::move(inputs),
                     [=](Matrix& grad) {
                       const Matrix sums = prelu_gradient(a.value(), shift(row), slopes(slope.value(), k), grad);
                       a.accumulate(std::move(grad));
                       Matrix of_row(1, k), of_slope = Matrix::zeros(1, slope.cols());
                       for (Offset j = 0; j < k; ++j) {
                         of_row(0, j) = sums(0, j);
                         of_slope(0, slope.cols() == k ? j : 0) += sums(0, k + j);
                       }
                       if (row) row.accumulate(std::move(of_row));
                       slope.accumulate(std::move(of_slope));
                     });
}

}  // namespace

Var prelu(const Var& a, const Var& slope) { return prelu_after(a, {}, slope); }

Var add_row_prelu(const Var& a, const Var& row, const Var& slope) { return prelu_after(a, row, slope); }

Var dropout(const Var& a, Real rate, Rng rng) {
  expect(rate >= 0 && rate < 1, "dropout: a rate in [0, 1)");
  if (rate == 0) return a;
  const Offset size = a.value().size();
  const Real factor = 1 / (1 - rate);
  const auto least = std::uint32_t(double(rate) * 4294967296.0);  // draws below it are dropped
  auto kept = std::make_shared<std::vector<std::uint8_t>>(std::size_t(size));
  Matrix out(a.rows(), a.cols());
  // Scalars in their own variables and bytes that alias nothing: so the compiler makes vectors of it.
  parallel_for(size, entries_per_block, [&](Offset begin, Offset end) {
    constexpr Offset piece = 1024;  // a block of the generator serves four entries; blocks start at multiples
    Words draws[piece / 4];
    std::uint32_t words[piece];
    const Real by = factor;
    const std::uint32_t bound = least;
    for (Offset first = begin; first < end; first += piece) {
      const Offset count = std::min(piece, end - first);
      rng.blocks(std::uint64_t(first / 4), {draws, std::size_t(count + 3) / 4});
      std::memcpy(words, draws, sizeof words);
      const Real* __restrict from = a.value().data() + first;
      Real* __restrict to = out.data() + first;
      std::uint8_t* __restrict keeps = kept->data() + first;
      for (Offset i = 0; i < count; ++i) {
        const Real grown = by * from[i];
        const bool keep = words[i] >= bound;
        keeps[i] = keep;
        to[i] = keep ? grown : 0;
      }
    }
  });
  return Var::record(std::move(out), {a}, [a = a.slot(), kept, factor](Matrix& grad) {
    each_entry(grad.size(), [k = kept->data(), g = grad.data(), factor](Offset i) { g[i] = k[i] ? factor * g[i] : 0; });
    a.accumulate(std::move(grad));
  });
}

}  // namespace pfm
