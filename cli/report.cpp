// pfm report DIR: the tables of recorded runs as Markdown.
#include <fmt/format.h>
#include <pfm/cli/monitor.h>
#include <pfm/cli/output.h>
#include <pfm/cli/records.h>
#include <pfm/cli/verbs.h>
#include <pfm/io/atomic_file.h>

namespace pfm {
namespace {

std::string cell(const Spread& s) { return fmt::format("{:.2f} \u00b1 {:.2f}", s.mean, s.std); }

std::string section(const RecordedRun& recorded) {
  const RunResult& run = recorded.result;
  double seconds = 0;
  for (const auto& [seed, r] : run.seeds) seconds += r.prepare_seconds + r.train_seconds + r.evaluate_seconds;
  std::string head = "| metric | trained |", rule = "|---|---|", rows;
  std::optional<Published> published = run.published;
  for (const MetricSummary& m : summarise(run.seeds)) {
    if (rows.empty()) {
      for (const auto& [name, control] : m.controls) head += fmt::format(" {} |", name), rule += "---|";
      head += " gain | published |", rule += "---|---|";
    }
    rows += fmt::format("| {} | **{}** |", m.metric, cell(m.trained));
    for (const auto& [name, control] : m.controls) rows += fmt::format(" {} |", cell(control));
    rows += m.over.empty() ? " |" : fmt::format(" {:+.2f} \u00b1 {:.2f} over {} |", m.gain.mean, m.gain.std, m.over);
    rows += published ? fmt::format(" {:.1f} \u00b1 {:.1f} ({}) |\n", published->value, published->deviation,
                                    published->source)
                      : " |\n";
    published.reset();  // belongs to the main metric alone
  }
  std::string changed;
  for (const Options::Asked& o : run.options)
    if (o.value != o.fallback) changed += fmt::format("{}{} = {}", changed.empty() ? "" : ", ", o.name, o.value);
  return fmt::format("## {} on {}, {}\n\n{}\n{}\n{}\n{} seeds, {:.1f} seconds in all; {}{}.\n\n    {}\n", run.method,
                     run.data, run.protocol, head, rule, rows, run.seeds.size(), seconds,
                     run.preset == "paper" ? "the paper's settings" : "the method's defaults",
                     changed.empty() ? "" : "; options that differ from the defaults: " + changed, recorded.command);
}

}  // namespace

int report(const Arguments& arguments) {
  Monitor monitor(arguments);
  std::string text = "# Results\n";
  for (const RecordedRun& recorded : read_records(arguments.words[0], [&](const auto& line) { monitor.say(line); }))
    text.append("\n").append(section(recorded));
  const auto where = arguments.text("output");
  if (where) io::write_file(*where, text);
  put(where ? fmt::format("wrote {}\n", *where) : text);
  return 0;
}

}  // namespace pfm
