#include <pfm/cli/result.h>

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

namespace pfm {

Spread spread(std::vector<double> values) {
  Spread s;
  for (double v : values) s.mean += v / double(values.size());
  for (double v : values) s.std += (v - s.mean) * (v - s.mean);
  s.std = values.size() > 1 ? std::sqrt(s.std / double(values.size() - 1)) : 0;
  s.values = std::move(values);
  return s;
}

static bool lower_is_better(const std::string& metric) {
  for (const char* loss : {"perplexity", "bits-per-character", "loss"})
    if (metric.starts_with(loss)) return true;
  return false;
}

// One metric of one part ("trained" or a control) over all seeds; empty unless every seed has it.
template <class ScoresOf>
static std::vector<double> values_of(const std::vector<SeedOutcome>& seeds, const std::string& metric,
                                     ScoresOf&& scores_of) {
  std::vector<double> values;
  for (const SeedOutcome& s : seeds)
    for (const auto& [name, value] : scores_of(s.result))
      if (name == metric) values.push_back(value);
  return values.size() == seeds.size() ? values : std::vector<double>();
}

static MetricSummary summary_of(const std::vector<SeedOutcome>& seeds, const std::string& metric) {
  MetricSummary m{.metric = metric};
  m.trained = spread(values_of(seeds, metric, [](const SeedResult& r) { return r.trained; }));
  const double sign = lower_is_better(metric) ? -1 : 1;
  const Spread* best = nullptr;
  const auto& controls = seeds.front().result.controls;
  m.controls.reserve(controls.size());
  for (std::size_t i = 0; i < controls.size(); ++i) {
    auto values = values_of(seeds, metric, [i](const SeedResult& r) { return r.controls.at(i).second; });
    if (values.empty()) continue;
    const auto& [name, control] = m.controls.emplace_back(controls[i].first, spread(std::move(values)));
    if (!best || sign * control.mean > sign * best->mean) best = &control, m.over = name;
  }
  if (best) {
    std::vector<double> differences;
    for (std::size_t i = 0; i < seeds.size(); ++i)
      differences.push_back(sign * (m.trained.values[i] - best->values[i]));
    m.gain = spread(std::move(differences));
  }
  return m;
}

Verdict verdict(const MetricSummary& found, const Published& published) {
  const double sign = lower_is_better(found.metric) ? -1 : 1;
  const double slack = published.deviation > 0 ? published.deviation : found.trained.std;
  const auto n = double(found.gain.values.size());
  bool above = false;
  if (n > 1) {
    const double t = boost::math::quantile(boost::math::students_t(n - 1), 0.975);
    above = found.gain.mean > t * found.gain.std / std::sqrt(n);
  }
  return {.reached = sign * (found.trained.mean - published.value) >= -slack, .above = above, .seeds = int(n)};
}

std::string to_text(const Verdict& v, const std::string& over) {
  if (v.seeds < 2) return "no verdict";
  if (v.met()) return "met";
  return (v.reached ? "" : v.above ? "short" : "short, ") + (v.above ? "" : "not above " + over);
}

std::vector<MetricSummary> summarise(const std::vector<SeedOutcome>& seeds) {
  std::vector<MetricSummary> all;
  if (seeds.empty()) return all;
  for (const auto& [metric, value] : seeds.front().result.trained) all.push_back(summary_of(seeds, metric));
  return all;
}

}  // namespace pfm
