// What the words of run and pretrain choose: method, data set, settings, protocol.
#pragma once
#include <pfm/cli/arguments.h>
#include <pfm/cli/monitor.h>
#include <pfm/selfsup/method.h>
#include <pfm/selfsup/protocol.h>

namespace pfm {

struct Choice {
  const Method* method = nullptr;
  Dataset data = {};
  const Preset* preset = nullptr;  // the paper's settings for this data set; null = the method's defaults
  const Protocol* protocol = nullptr;
  Options::Values options = {};            // the preset's, changed by --set
  std::vector<Options::Asked> asked = {};  // every option of the method with its value
  std::string about() const;               // one line: "dgi on cora: the paper's settings, protocol public-dgi"
};

// METHOD and DATA, --preset, --protocol, --set. Without --preset the paper's settings are taken where the method has
// some for the data set's name; without --protocol the preset's, else the one that suits the data.
Choice choose(const Arguments& arguments, Monitor& monitor);

// The method's preset for a data set of this name and this protocol, else its first one for the data set; null = none.
const Preset* preset_for(const Method& method, const std::string& data, const std::string& protocol);

// --set KEY=VALUE, the later one wins. Error (usage): no "=".
Options::Values set_values(const Arguments& arguments);

}  // namespace pfm
