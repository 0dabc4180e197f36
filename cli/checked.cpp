#include <fmt/format.h>
#include <pfm/cli/catalogue.h>
#include <pfm/cli/checked.h>
#include <pfm/cli/choice.h>
#include <pfm/cli/json.h>
#include <pfm/io/checksum.h>
#include <pfm/io/embedded_bytes.h>

#include <charconv>

EMBED(checked, "checked.tsv")

namespace pfm {
namespace {

const std::string columns =
    "method\tdata\tprotocol\tmetric\tseeds\tmean\tstd\tpublished\tpublished_std\tsource\tverdict\n";

std::string checksum_of(std::string_view text) { return io::checksum(std::as_bytes(std::span(text))); }

std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> pieces;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(at), text.size());
    pieces.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return pieces;
}

double number(const std::string& text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::string row_of(const RunResult& run) {
  const MetricSummary m = summarise(run.seeds).front();
  const Published& p = *run.published;
  return fmt::format("{}\t{}\t{}\t{}\t{}\t{:.2f}\t{:.2f}\t{}\t{}\t{}\t{}\n", run.method, run.data, run.protocol,
                     m.metric, run.seeds.size(), m.trained.mean, m.trained.std, p.value, p.deviation, p.source,
                     to_text(verdict(m, p), m.over));
}

}  // namespace

const std::vector<Checked>& checked() {
  static const std::vector<Checked> all = [] {
    std::vector<Checked> rows;
    for (const std::string& line : split(EMBEDDED(checked), '\n')) {
      const std::vector<std::string> c = split(line, '\t');
      if (c.size() < 11 || c[0] == "method") continue;
      rows.push_back({c[0],
                      c[1],
                      c[2],
                      c[3],
                      int(number(c[4])),
                      number(c[5]),
                      number(c[6]),
                      {number(c[7]), number(c[8]), c[9]},
                      c[10]});
    }
    return rows;
  }();
  return all;
}

bool published_settings(const RunResult& run) try {
  if (!run.published || run.preset != "paper") return false;
  const Preset* preset = preset_for(method_named(run.method), run.data, run.protocol);
  if (!preset || preset->protocol != run.protocol) return false;
  const bool graphs = protocol(run.protocol).task == Task::graph;
  const Json had = option_values(run.options);
  const Json meant = option_values(options_of(method_named(run.method), preset->options, graphs));
  for (const auto& [name, value] : meant.items())
    if (!had.contains(name) || had.at(name) != value) return false;
  return true;
} catch (const Error&) {
  return false;  // a method or protocol that is no more
}

std::string checked_table(const std::vector<RecordedRun>& runs) {
  std::string text = columns;
  for (const RecordedRun& recorded : runs)
    if (published_settings(recorded.result)) text += row_of(recorded.result);
  return "# pfm report wrote this from records; xxh3 of the rest: " + checksum_of(text) + "\n" + text;
}

}  // namespace pfm
