#include <fmt/format.h>
#include <pfm/cli/catalogue.h>
#include <pfm/cli/choice.h>
#include <pfm/cli/data.h>
#include <pfm/kernels/error.h>

#include <algorithm>

namespace pfm {

Options::Values set_values(const Arguments& arguments) {
  Options::Values values;
  for (const std::string& pair : arguments.all("set")) {
    const std::size_t equals = pair.find('=');
    if (equals == std::string::npos || equals == 0)
      throw Error(Fault::usage, fmt::format("--set: expected KEY=VALUE, got \"{}\"", pair));
    values[pair.substr(0, equals)] = pair.substr(equals + 1);
  }
  return values;
}

// IMDB-BINARY is imdb_binary and IMDBBINARY: the names of data sets differ from file to file.
static std::string plain(std::string text) {
  std::erase_if(text, [](char c) { return c == '-' || c == '_'; });
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  return text;
}

const Preset* preset_for(const Method& method, const std::string& data, const std::string& protocol) {
  const Preset* first = nullptr;
  for (const Preset& p : method.presets) {
    if (plain(p.data) != plain(data)) continue;
    if (p.protocol == protocol) return &p;
    if (!first) first = &p;
  }
  return first;
}

// Where the usual protocol shows no label to training, a method that learns from labels is scored by its own classes;
// where it asks how likely texts are, a method that cannot say is scored by its own tasks.
static const Protocol& protocol_for(const Method& method, const Dataset& data) {
  const Protocol& usual = default_protocol(data);
  if (usual.id == "lm" && method.protocol) return protocol(method.protocol);
  return method.baseline && usual.id == "heco-20-40-60" ? protocol("semi@60") : usual;
}

Choice choose(const Arguments& arguments, Monitor& monitor) {
  Choice choice{.method = &method_named(arguments.words.at(0))};
  const std::string how = arguments.text("preset").value_or("");
  if (!how.empty() && how != "paper" && how != "none")
    throw Error(Fault::usage, "--preset: " + unknown_word("preset", how, {"paper", "none"}));
  const auto asked = arguments.text("protocol");
  if (asked) choice.protocol = &protocol(*asked);
  options_of(*choice.method, set_values(arguments));  // a wrong word is refused before the data are read
  choice.data = open_data(arguments, 1, monitor);
  choice.preset = how == "none" ? nullptr : preset_for(*choice.method, choice.data.name, asked.value_or(""));
  if (how == "paper" && !choice.preset) {
    std::vector<std::string> known;
    for (const Preset& p : choice.method->presets) known.push_back(p.data);
    throw Error(Fault::usage, fmt::format("--preset paper: {} has no published settings for {}, only for {}",
                                          choice.method->id, choice.data.name, fmt::join(known, ", ")));
  }
  if (!asked)
    choice.protocol = choice.preset ? &protocol(choice.preset->protocol) : &protocol_for(*choice.method, choice.data);
  choice.options = choice.preset ? choice.preset->options : Options::Values();
  for (const auto& [key, value] : set_values(arguments)) choice.options[key] = value;
  choice.asked = options_of(*choice.method, choice.options, choice.data.graphs() > 1);
  monitor.say(choice.about());
  const bool asks = std::ranges::find(choice.asked, "features", &Options::Asked::name) != choice.asked.end();
  if (asks && choice.data.graphs() == 1 && choice.data.all.x.is_identity())
    monitor.say(choice.data.name + ": no features of nodes, identity rows stand for them");
  return choice;
}

std::string Choice::about() const {
  return fmt::format("{} on {}: {}, protocol {}", method->id, data.name,
                     preset ? "the paper's settings" : "the method's defaults", protocol->id);
}

}  // namespace pfm
