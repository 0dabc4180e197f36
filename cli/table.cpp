#include <fmt/format.h>
#include <pfm/cli/result.h>

#include <algorithm>

namespace pfm {
namespace {

// Columns for metrics and parts, as wide as their longest names, values, notes.
struct Row {
  std::size_t metric_width, part_width;

  std::string operator()(const std::string& metric, const std::string& part, const std::string& value,
                         const std::string& note) const {
    std::string line = fmt::format("{:<{}}{:<{}}{}", metric, metric_width, part, part_width, value);
    if (!note.empty()) line = fmt::format("{:<{}}{}", line, metric_width + part_width + 19, note);
    return line + "\n";
  }
};

Row row_for(const std::vector<MetricSummary>& metrics) {
  std::size_t metric = 20, part = std::size("published") - 1;
  for (const MetricSummary& m : metrics) {
    metric = std::max(metric, m.metric.size());
    for (const auto& [name, control] : m.controls) part = std::max(part, name.size());
  }
  return {metric + 2, part + 2};
}

std::string number(const Spread& s) { return fmt::format("{:7.2f} \u00b1 {:.2f}", s.mean, s.std); }

std::string changed_options(const std::vector<Options::Asked>& options) {
  std::string text;
  for (const Options::Asked& o : options)
    if (o.value != o.fallback)
      text += fmt::format("{}{} {} (default {})", text.empty() ? "" : ", ", o.name, o.value, o.fallback);
  return text.empty() ? "none" : text;
}

}  // namespace

std::string seeds_text(const std::vector<SeedOutcome>& seeds) {
  std::vector<std::uint64_t> list;
  for (const SeedOutcome& s : seeds) list.push_back(s.seed);
  const bool run = list.size() > 2 && list.back() - list.front() + 1 == list.size();
  return run ? fmt::format("{} .. {}", list.front(), list.back()) : fmt::format("{}", fmt::join(list, ", "));
}

std::string to_table(const RunResult& result) {
  std::string text = fmt::format("{}{} on {}, {}\n\n", result.method, result.pretrained ? " finetuned" : "",
                                 result.data, result.protocol);
  std::optional<Published> published = result.published;
  const std::vector<MetricSummary> metrics = summarise(result.seeds);
  const Row row = row_for(metrics);
  for (const MetricSummary& m : metrics) {
    text += row(m.metric, "trained", number(m.trained), "");
    for (const auto& [name, control] : m.controls) text += row("", name, number(control), "");
    if (!m.over.empty())
      text += row("", "gain", fmt::format("{:+7.2f} \u00b1 {:.2f}", m.gain.mean, m.gain.std),
                  "over " + m.over + ", paired by seed");
    if (published)
      text += row("", "published", fmt::format("{:7.2f} \u00b1 {:.2f}", published->value, published->deviation),
                  published->source);
    published.reset();  // belongs to the main metric alone
    text += "\n";
  }
  double prepare = 0, train = 0, evaluate = 0, steps = 0;
  for (const SeedOutcome& s : result.seeds) {
    prepare += s.result.prepare_seconds, train += s.result.train_seconds, evaluate += s.result.evaluate_seconds;
    steps += double(s.result.training.steps);
  }
  if (const auto& start = result.pretrained)
    text += fmt::format("start    pretrained on {}, protocol {}, seed {}\n", start->data, start->protocol, start->seed);
  text += fmt::format("seeds    {}\n", seeds_text(result.seeds));
  text += fmt::format("changed  {}\n", changed_options(result.options));
  const std::string training = steps > 0 ? fmt::format("{:.1f} train ({:.0f} steps), ", train, steps) : "";
  text += fmt::format("seconds  {:.1f} prepare, {}{:.1f} evaluate\n", prepare, training, evaluate);
  text += fmt::format("memory   {:.0f} MB at most, {} threads\n", result.peak_rss_mb, result.threads);
  return text;
}

}  // namespace pfm
