// optim/: optimisers on a quadratic, schedules, clipping.
#include <pfm/nn/clip.h>
#include <pfm/nn/optimiser.h>
#include <pfm/nn/schedule.h>
#include <pfm/tests/parity.h>

#include <algorithm>
#include <cmath>

namespace pfm::parity {
namespace {

using fixture::Group;

// Options that a rule of ours would ignore make the case another rule.
bool known_options(const Group& settings) {
  for (const auto& [name, value] : settings.attributes)
    if (name == "amsgrad" || name == "alpha" || (name == "initial_accumulator" && std::get<double>(value) != 0))
      return false;
  return true;
}

// The file's objective 0.5 sum curve (w + b - target)^2: gradients into w and b, returns the value.
double objective(const Group& file, const Var& w, const Var& b) {
  const Matrix target = file.array("target").matrix(), curve = file.array("curve").matrix();
  Matrix dw(w.rows(), w.cols()), db = Matrix::zeros(1, b.cols());
  double loss = 0;
  for (Offset i = 0; i < dw.rows(); ++i)
    for (Offset j = 0; j < dw.cols(); ++j) {
      const Real gap = w.value()(i, j) + b.value()(0, j) - target(i, j);
      loss += 0.5 * double(curve(i, j)) * double(gap) * double(gap);
      dw(i, j) = curve(i, j) * gap;
      db(0, j) += dw(i, j);
    }
  w.accumulate(std::move(dw));
  b.accumulate(std::move(db));
  return loss;
}

bool compare_optimiser(const Group& file, const std::string& name, Comparison& compare) {
  const Group& settings = file.group("optimizer/" + name);
  if (!known_options(settings)) return false;
  OptimiserOptions options;
  options.momentum = settings.number("momentum", 0);
  options.nesterov = settings.number("nesterov", 0) != 0;
  options.weight_decay = settings.number("weight_decay", 0);
  options.beta1 = settings.number("beta1", options.beta1), options.beta2 = settings.number("beta2", options.beta2);
  options.trust = settings.number("eta", options.trust);
  if (settings.attributes.contains("eps")) options.epsilon = settings.number("eps", 0);
  const Optimiser optimiser(name.substr(0, name.find('_')), options);

  Params p;
  const Matrix start_w = file.array("w").matrix(), start_b = file.array("b").matrix();
  Var w = p.constant("w", start_w.rows(), start_w.cols(), 0), b = p.constant("b", 1, start_b.cols(), 0);
  w.value() = start_w.clone(), b.value() = start_b.clone();
  const Group& expected = settings.group(precision);
  fixture::Array found[] = {expected.array("loss"), expected.array("w"), expected.array("b")};
  const std::size_t steps = found[0].values.size();
  std::vector<Real> losses, ws, bs;
  for (std::size_t step = 0; step < steps; ++step) {
    p.clear_grads();
    losses.push_back(Real(objective(file, w, b)));
    optimiser.step(p, settings.number("lr", NAN), std::int64_t(step));
    ws.insert(ws.end(), w.value().values().begin(), w.value().values().end());
    bs.insert(bs.end(), b.value().values().begin(), b.value().values().end());
  }
  const auto rows = [&](const std::vector<Real>& values) {
    Matrix m(Offset(steps), Offset(values.size() / steps));
    std::ranges::copy(values, m.data());
    return m;
  };
  compare.forward("loss", rows(losses), found[0]);
  compare.forward("w", rows(ws), found[1]);
  compare.forward("b", rows(bs), found[2]);
  return true;
}

// What the note of a schedule means with our shapes; null for one that is not known.
std::function<double(std::int64_t)> schedule_named(const std::string& name, std::int64_t warmup, std::int64_t total) {
  const std::int64_t rest = total - warmup;
  const auto rising = [=](auto shape) {
    return [=](std::int64_t t) { return t < warmup ? warm_up(t, warmup) : shape(t - warmup); };
  };
  if (name == "linear_warmup_linear_decay") return Schedule("linear", 1, warmup, total);
  if (name == "linear_warmup_cosine") return Schedule("cosine", 1, warmup, total);
  if (name == "linear_warmup_polynomial")
    return rising([=](std::int64_t t) { return polynomial_decay(t, rest, 2, 1e-3); });
  if (name == "graphmae_cosine") return Schedule("cosine", 1, 0, total);
  if (name.starts_with("noam_d")) {
    const double full = 1 / std::sqrt(std::stod(name.substr(6)));
    return [=](std::int64_t t) { return full * inverse_square_root(t, warmup); };
  }
  if (name == "byol_momentum") return [=](std::int64_t t) { return 1 - (1 - 0.99) * cosine_decay(t, total); };
  if (name == "word2vec_linear") return [=](std::int64_t t) { return 0.025 * std::max(linear_decay(t, total), 1e-4); };
  return nullptr;
}

bool compare_schedule(const fixture::Array& expected, const std::string& name, Comparison& compare) {
  const auto schedule = schedule_named(name, std::int64_t(fixture::number(expected.attributes, "warmup", 0)),
                                       std::int64_t(fixture::number(expected.attributes, "total", NAN)));
  if (!schedule) return false;
  for (std::size_t t = 0; t < expected.values.size(); ++t)
    compare.number("step " + std::to_string(t), schedule(std::int64_t(t)), expected.values[t], 1e-12);
  return true;
}

// Gradients before<d>, clipped together, are after<d>.
bool compare_clip(const Group& clip, Comparison& compare) {
  Params p;
  for (const auto& [name, array] : clip.arrays)
    if (name.starts_with("before")) {
      const Matrix grad = array.matrix();
      p.constant(name, grad.rows(), grad.cols(), 0).accumulate(grad.clone());
    }
  const double norm = clip_gradients(p, clip.number("max_norm", NAN));
  compare.number("norm", norm, clip.array("norm").values.at(0), 1e-5);
  for (const std::string& name : p.trainable())
    compare.forward(name, p.at(name).grad(), clip.array("after" + name.substr(6)));
  return true;
}

}  // namespace

std::vector<Case> optim_cases(std::shared_ptr<const Group> file, const std::filesystem::path&) {
  std::vector<Case> cases;
  for (const auto& [name, group] : file->group("optimizer").groups)
    cases.push_back({"optimizer/" + name, [=, n = name](Comparison& c) { return compare_optimiser(*file, n, c); }});
  for (const auto& [name, array] : file->group("schedule").arrays)
    cases.push_back({"schedule/" + name,
                     [=, n = name](Comparison& c) { return compare_schedule(file->array("schedule/" + n), n, c); }});
  cases.push_back({"clip", [=](Comparison& c) { return compare_clip(file->group("clip"), c); }});
  return cases;
}

}  // namespace pfm::parity
