// pfm help WORD: what a verb, a method, an encoder or a protocol does.
#include <fmt/format.h>
#include <pfm/cli/catalogue.h>
#include <pfm/cli/checked.h>
#include <pfm/cli/choice.h>
#include <pfm/cli/help.h>
#include <pfm/cli/output.h>
#include <pfm/cli/verbs.h>
#include <pfm/encoders/encoder_names.h>
#include <pfm/io/builtin.h>
#include <pfm/kernels/error.h>
#include <pfm/selfsup/protocol.h>

#include <algorithm>

namespace pfm {
namespace {

bool can_use(const Method& method, const std::string& data) try {
  method.make(io::builtin(data), Options());
  return true;
} catch (const Error& error) {
  if (error.fault != Fault::input) throw;
  return false;
}

// So that the example runs as it stands: a built-in data set with published settings, else one that the method can use
// (karate, the smallest, stands for cora), else the name of one that it was published with.
std::string example_data(const Method& method) {
  const std::vector<std::string> here = io::builtin_names();
  for (const Preset& p : method.presets)
    if (std::ranges::find(here, p.data) != here.end()) return p.data;
  if (can_use(method, "karate")) return "cora";
  for (const std::string& name : here)
    if (can_use(method, name)) return name;
  return (method.presets.empty() ? "data" : method.presets.front().data) + ".h5";
}

std::string help_text(const Method& method) {
  std::string text = fmt::format("{}: {} ({})\n\n  {}\n\noptions, changed by --set KEY=VALUE\n", method.id, method.name,
                                 method.paper, method.about);
  for (const Options::Asked& o : options_of(method, {})) text += fmt::format("  {:<20} {}\n", o.name, o.fallback);
  if (!method.presets.empty()) text += "\nthe paper's settings\n";
  for (const Preset& p : method.presets) {
    text += fmt::format("  {} with {}", p.data, p.protocol);
    if (!p.published.source.empty())
      text +=
          fmt::format(": published {} \u00b1 {} ({})", p.published.value, p.published.deviation, p.published.source);
    for (const Checked& c : checked())
      if (c.method == method.id && c.protocol == p.protocol && preset_for(method, c.data, c.protocol) == &p)
        text += fmt::format("; recorded {:.2f} \u00b1 {:.2f}, {} seeds: {}", c.mean, c.deviation, c.seeds, c.verdict);
    text += "\n";
    for (const auto& [key, value] : p.options) text += fmt::format("    {:<18} {}\n", key, value);
  }
  return text + fmt::format("\nexample: pfm run {} {} --seeds 3\n", method.id, example_data(method));
}

std::string help_text(const Protocol& protocol) {
  std::string text =
      fmt::format("protocol {}\n\n  {}\n\ncontrols, scored in the same way\n", protocol.id, protocol.about);
  std::size_t longest = 0;
  for (const std::string& name : protocol.controls) longest = std::max(longest, name.size());
  for (const std::string& name : protocol.controls) {
    std::string about =
        name == "baseline" ? "the method without what it adds, trained alike" : "the encoder before training";
    for (const Control& c : controls())
      if (c.name == name) about = c.about;
    text += fmt::format("  {:<{}} {}\n", name, longest, about);
  }
  return text;
}

std::string help_text(const EncoderName& kind) {
  return fmt::format("encoder {}\n\n  {}\n\nexample: pfm run dgi cora --set encoder={}\n", kind.name, kind.about,
                     kind.name);
}

}  // namespace

std::string overview() {
  std::string text = "pfm: pretraining of graph encoders, measured beside what needs no training\n\n";
  for (const Verb& v : verbs()) text += fmt::format("  pfm {:<38} {}\n", v.name + " " + v.arguments, v.about);
  text += fmt::format(
      "\nDATA is a built-in name ({}), a file or a folder.\n"
      "\"pfm VERB --help\" lists a verb's options, \"pfm help METHOD\" a method's.\n\nmethods:",
      fmt::join(io::builtin_names(), ", "));
  for (const CatalogueEntry& entry : catalogue()) text += " " + entry.method->id;
  text += "\nprotocols:";
  for (const Protocol& p : protocols()) text += " " + p.id;
  text += "\nencoders:";
  for (const EncoderName& kind : encoder_names()) text += fmt::format(" {}", kind.name);
  return text + "\n\nstart with: pfm run dgi cora --seeds 3\n";
}

int help(const Arguments& arguments) {
  if (arguments.words.empty()) return put(overview()), 0;
  const std::string& word = arguments.words[0];
  std::vector<std::string> known;
  for (const Verb& v : verbs()) {
    if (v.name == word) return put(help_text(v)), 0;
    known.push_back(v.name);
  }
  for (const CatalogueEntry& entry : catalogue()) {
    if (entry.method->id == word) return put(help_text(*entry.method)), 0;
    known.push_back(entry.method->id);
  }
  for (const Protocol& p : protocols()) {
    if (p.id == word) return put(help_text(p)), 0;
    known.push_back(p.id);
  }
  for (const EncoderName& kind : encoder_names()) {
    if (kind.name == word) return put(help_text(kind)), 0;
    known.push_back(kind.name);
  }
  throw Error(Fault::usage, unknown_word("word", word, known));
}

}  // namespace pfm
