#include <pfm/kernels/parallel.h>
#include <pfm/kernels/rows.h>
#include <pfm/nn/optimiser.h>

#include <cmath>

namespace pfm {

struct Optimiser::Update {
  const Params& store;  // without a scope
  const std::string& name;
  Matrix& value;
  const Matrix& grad;
  double lr;
  std::int64_t step;
  Real* kept(const char* what) const {
    return store.state(std::string("optimiser.") + what + "." + name, value.rows(), value.cols()).value().data();
  }
};

namespace {

using Options = OptimiserOptions;
using Update = Optimiser::Update;

template <class F>  // f(i) for every number of the parameter, in fixed blocks
void each(const Update& u, F f) {
  parallel_for(u.value.size(), 16384, [&](Offset begin, Offset end) {
    for (Offset i = begin; i < end; ++i) f(i);
  });
}

double norm(const Matrix& a) { return std::sqrt(total_of_squares(a)); }

// Vectors (biases, scales of norms) are one row; LARS leaves them out of decay and scaling.
bool is_vector(const Update& u) { return u.value.rows() == 1; }

// m <- mu m + g; p <- p - lr m, or with Nesterov p - lr (g + mu m). The first m is g.
void sgd(const Options& o, const Update& u) {
  const Real lr = Real(u.lr), mu = Real(o.momentum), decay = Real(o.weight_decay), ahead = o.nesterov ? mu : 1;
  Real* __restrict p = u.value.data();
  const Real* __restrict grad = u.grad.data();
  if (mu == 0) return each(u, [=](Offset i) { p[i] -= lr * (grad[i] + decay * p[i]); });
  Real* __restrict m = u.kept("momentum");
  const Real now = o.nesterov ? 1 : 0;
  each(u, [=](Offset i) {
    const Real g = grad[i] + decay * p[i];
    m[i] = mu * m[i] + g;
    p[i] -= lr * (now * g + ahead * m[i]);
  });
}

// m <- b1 m + (1 - b1) g; v <- b2 v + (1 - b2) g^2; p <- shrink p - lr m' / (sqrt(v') + eps), m' = m / (1 - b1^t) and
// v' likewise. `decay` goes into g.
void adam_step(const Options& o, const Update& u, double decay, double shrink) {
  const double t = double(u.step + 1), root = std::sqrt(1 - std::pow(o.beta2, t));
  const Real rate = Real(u.lr / (1 - std::pow(o.beta1, t))), inverse_root = Real(1 / root);
  const Real b1 = Real(o.beta1), b2 = Real(o.beta2), c1 = Real(1 - o.beta1), c2 = Real(1 - o.beta2);
  const Real eps = Real(o.epsilon.value_or(1e-8)), keep = Real(shrink), add = Real(decay);
  Real* __restrict p = u.value.data(), * __restrict m = u.kept("m"), * __restrict v = u.kept("v");
  const Real* __restrict grad = u.grad.data();
  each(u, [=](Offset i) {
    const Real g = grad[i] + add * p[i];
    m[i] = b1 * m[i] + c1 * g;
    v[i] = b2 * v[i] + c2 * g * g;
    p[i] = keep * p[i] - rate * m[i] / (std::sqrt(v[i]) * inverse_root + eps);
  });
}

void adam(const Options& o, const Update& u) { adam_step(o, u, o.weight_decay, 1); }
void adamw(const Options& o, const Update& u) { adam_step(o, u, 0, 1 - u.lr * o.weight_decay); }

// d = g + decay p, scaled to norm trust |p|; m <- mu m + d; p <- p - lr m.
void lars(const Options& o, const Update& u) {
  const Real lr = Real(u.lr), mu = Real(o.momentum), decay = is_vector(u) ? 0 : Real(o.weight_decay);
  Real* __restrict p = u.value.data(), * __restrict m = u.kept("momentum");
  const Real* __restrict grad = u.grad.data();
  Matrix direction(u.value.rows(), u.value.cols());
  Real* __restrict d = direction.data();
  each(u, [=](Offset i) { d[i] = grad[i] + decay * p[i]; });
  Real scale = 1;
  if (!is_vector(u)) {
    const double weight = norm(u.value), size = norm(direction);
    if (weight > 0 && size > 0) scale = Real(o.trust * weight / size);
  }
  each(u, [=](Offset i) {
    m[i] = mu * m[i] + scale * d[i];
    p[i] -= lr * m[i];
  });
}

// d = m' / (sqrt(v') + eps) + decay p with Adam's moments; p <- p - lr |p| / |d| d, the ratio 1 if either norm is 0.
void lamb(const Options& o, const Update& u) {
  const double t = double(u.step + 1);
  const Real first = Real(1 / (1 - std::pow(o.beta1, t))), second = Real(1 / (1 - std::pow(o.beta2, t)));
  const Real b1 = Real(o.beta1), b2 = Real(o.beta2), c1 = Real(1 - o.beta1), c2 = Real(1 - o.beta2);
  const Real eps = Real(o.epsilon.value_or(1e-6)), decay = Real(o.weight_decay);
  Real* __restrict p = u.value.data(), * __restrict m = u.kept("m"), * __restrict v = u.kept("v");
  const Real* __restrict grad = u.grad.data();
  Matrix direction(u.value.rows(), u.value.cols());
  Real* __restrict d = direction.data();
  each(u, [=](Offset i) {
    m[i] = b1 * m[i] + c1 * grad[i];
    v[i] = b2 * v[i] + c2 * grad[i] * grad[i];
    d[i] = first * m[i] / (std::sqrt(second * v[i]) + eps) + decay * p[i];
  });
  const double weight = norm(u.value), size = norm(direction);
  const Real rate = Real(u.lr * (weight > 0 && size > 0 ? weight / size : 1));
  each(u, [=](Offset i) { p[i] -= rate * d[i]; });
}

// s <- s + g^2; p <- p - lr g / (sqrt(s) + eps).
void adagrad(const Options& o, const Update& u) {
  const Real lr = Real(u.lr), decay = Real(o.weight_decay), eps = Real(o.epsilon.value_or(1e-10));
  Real* __restrict p = u.value.data(), * __restrict sum = u.kept("sum");
  const Real* __restrict grad = u.grad.data();
  each(u, [=](Offset i) {
    const Real g = grad[i] + decay * p[i];
    sum[i] += g * g;
    p[i] -= lr * g / (std::sqrt(sum[i]) + eps);
  });
}

struct Rule {
  const char* name;
  void (*update)(const Options& options, const Update& update);
};
constexpr Rule rules[] = {{"sgd", sgd},   {"adam", adam}, {"adamw", adamw},
                          {"lars", lars}, {"lamb", lamb}, {"adagrad", adagrad}};

}  // namespace

Optimiser::Optimiser(const std::string& rule, OptimiserOptions options) : rule_(nullptr), options_(options) {
  std::string known;
  for (const Rule& r : rules) {
    if (rule == r.name) rule_ = r.update;
    known += (known.empty() ? "" : ", ") + std::string(r.name);
  }
  if (!rule_) throw Error(Fault::usage, "optimiser: \"" + rule + "\" is not known; choose one of " + known);
}

void Optimiser::step(const Params& p, double lr, std::int64_t step) const {
  const Params store = p.whole();
  for (const std::string& name : p.trainable()) {
    Var parameter = store.at(name);
    if (parameter.grad().empty()) continue;
    rule_(options_, Update{store, name, parameter.value(), parameter.grad(), lr, step});
  }
}

}  // namespace pfm
