// pfm report DIR: recorded runs as tables in Markdown, or as the table of checked figures.
#include <fmt/format.h>
#include <pfm/cli/checked.h>
#include <pfm/cli/monitor.h>
#include <pfm/cli/output.h>
#include <pfm/cli/verbs.h>
#include <pfm/io/atomic_file.h>
#include <pfm/selfsup/protocol.h>

#include <algorithm>
#include <map>

namespace pfm {
namespace {

const char* const how_to_read =
    "# Results\n\n"
    "`pfm report` wrote this from the records of `pfm run --record`; nothing here was typed. Scores are percentages "
    "(bits and perplexity plain), "
    "mean \u00b1 "
    "standard deviation over the seeds.\nThe columns between *trained* and *gain* are controls under the same probe, "
    "seed by seed "
    "(`pfm help PROTOCOL` explains them); *gain* is the paired difference to\nthe best of them. A published figure is "
    "*met* where "
    "the mean lies above it or at most its deviation short of it (the seeds' own where none was published)\nand the "
    "95 % interval of the mean "
    "gain (Student's t) lies above 0; else *short*, *not above* that control, or both; one seed gives no verdict.\n"
    "Seconds are of all seeds and controls together.\n";

std::string cell(const Spread& s) { return fmt::format("{:.2f} \u00b1 {:.2f}", s.mean, s.std); }

// The runs of one data set under one protocol.
struct Group {
  std::string data, protocol;
  std::vector<const RecordedRun*> runs;
};

std::vector<Group> groups_of(const std::vector<RecordedRun>& runs) {
  std::map<std::pair<std::string, std::string>, Group> groups;
  for (const RecordedRun& run : runs) {
    Group& group = groups[{run.result.data, run.result.protocol}];
    group.data = run.result.data, group.protocol = run.result.protocol;
    group.runs.push_back(&run);
  }
  std::vector<Group> all;
  for (auto& [key, group] : groups) all.push_back(std::move(group));
  return all;
}

// Runs of one method are told apart by a number.
std::vector<std::string> labels_of(const Group& group) {
  std::map<std::string, int> seen;
  std::vector<std::string> labels;
  for (const RecordedRun* run : group.runs) {
    const std::string name = run->result.method + (run->result.pretrained ? ", finetuned" : "");
    const int number = ++seen[name];
    labels.push_back(number == 1 ? name : fmt::format("{} ({})", name, number));
  }
  return labels;
}

std::vector<std::string> controls_of(const Group& group) {
  std::vector<std::string> names;
  for (const RecordedRun* run : group.runs)
    for (const auto& [name, scores] : run->result.seeds.front().result.controls)
      if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  return names;
}

std::string published_cells(const RunResult& run, const MetricSummary& m) {
  if (!run.published) return " | |";
  const Published& p = *run.published;
  const std::string deviation = p.deviation > 0 ? fmt::format(" \u00b1 {:.2f}", p.deviation) : "";
  return fmt::format(" {:.2f}{} | {} |", p.value, deviation,
                     published_settings(run) ? to_text(verdict(m, p), m.over) : "other options");
}

std::string rows_of(const RunResult& run, const std::string& label, const std::vector<std::string>& controls) {
  std::string rows;
  bool first = true;
  for (const MetricSummary& m : summarise(run.seeds)) {
    rows += first ? fmt::format("| {} | {} |", label, run.seeds.size()) : "| | |";
    rows += fmt::format(" {} | **{}** |", m.metric, cell(m.trained));
    for (const std::string& name : controls) {
      const auto found = std::ranges::find(m.controls, name, &std::pair<std::string, Spread>::first);
      rows += found == m.controls.end() ? " |" : fmt::format(" {} |", cell(found->second));
    }
    rows += m.over.empty() ? " |" : fmt::format(" {:+.2f} \u00b1 {:.2f} over {} |", m.gain.mean, m.gain.std, m.over);
    rows += (first ? published_cells(run, m) : " | |") + "\n";  // what is published belongs to the main metric alone
    first = false;
  }
  return rows;
}

std::string settings_of(const RunResult& run) {
  std::string changed;
  for (const Options::Asked& o : run.options)
    if (o.value != o.fallback) changed += fmt::format("{}{}={}", changed.empty() ? "" : " ", o.name, o.value);
  std::string text = run.preset == "paper" ? "the paper's settings" : "the method's defaults";
  if (const auto& start = run.pretrained)
    text = fmt::format("from a checkpoint of {}, {}, seed {}", start->data, start->protocol, start->seed);
  return text + (changed.empty() ? "" : fmt::format(" ({})", changed));
}

std::string command_of(const RecordedRun& recorded, const std::string& label) {
  const RunResult& run = recorded.result;
  double train = 0, rest = 0;
  for (const auto& [seed, r] : run.seeds) train += r.train_seconds, rest += r.prepare_seconds + r.evaluate_seconds;
  const std::string source = run.published ? "; published: " + run.published->source : "";
  return fmt::format("* {}: {}; seeds {}; {:.0f} seconds, {:.0f} of them training{}\n\n      {}\n\n", label,
                     settings_of(run), seeds_text(run.seeds), train + rest, train, source,
                     fmt::join(recorded.commands, "\n      "));
}

std::string about(const std::string& id) {
  const auto known = std::ranges::find(protocols(), id, &Protocol::id);
  return known == protocols().end() ? "" : known->about + "\n\n";
}

std::string section(const Group& group) {
  const std::vector<std::string> labels = labels_of(group), controls = controls_of(group);
  std::string head = "| method | seeds | metric | trained |", rule = "|---|---|---|---|", rows, commands;
  for (const std::string& name : controls) head += fmt::format(" {} |", name), rule += "---|";
  for (std::size_t i = 0; i < labels.size(); ++i) {
    rows += rows_of(group.runs[i]->result, labels[i], controls);
    commands += command_of(*group.runs[i], labels[i]);
  }
  return fmt::format("\n## {}, {}\n\n{}{} gain | published | met |\n{}---|---|---|\n{}\n{}", group.data, group.protocol,
                     about(group.protocol), head, rule, rows, commands.substr(0, commands.size() - 1));
}

std::string markdown(const std::vector<RecordedRun>& runs) {
  std::string text = how_to_read;
  for (const Group& group : groups_of(runs)) text += section(group);
  return text;
}

}  // namespace

int report(const Arguments& arguments) {
  Monitor monitor(arguments);
  const auto runs = read_records(arguments.words[0], [&](const std::string& line) { monitor.say(line); });
  const auto where = arguments.text("output");
  const std::string text = where && where->ends_with(".tsv") ? checked_table(runs) : markdown(runs);
  if (where) io::write_file(*where, text);
  put(where ? fmt::format("wrote {}\n", *where) : text);
  return 0;
}

}  // namespace pfm
