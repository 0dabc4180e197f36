// pfm convert FORMAT INPUT.. OUT.h5: any supported format as HDF5.
#include <fmt/format.h>
#include <pfm/cli/data.h>
#include <pfm/cli/output.h>
#include <pfm/cli/verbs.h>
#include <pfm/io/checksum.h>
#include <pfm/io/dataset.h>
#include <pfm/io/formats.h>
#include <pfm/kernels/error.h>

namespace pfm {

static const io::Format& format_named(const std::string& id) {
  std::vector<std::string> known;
  for (const io::Format& format : io::formats()) {
    if (format.id == id) return format;
    known.push_back(format.id);
  }
  throw Error(Fault::usage, unknown_word("format", id, known));
}

int convert(const Arguments& arguments) {
  namespace fs = std::filesystem;
  const io::Format& format = format_named(arguments.words.front());
  const std::string& output = arguments.words.back();
  if (!output.ends_with(".h5"))
    throw Error(Fault::usage, fmt::format("convert: the output comes last and ends in .h5, got \"{}\"", output));
  const std::vector<fs::path> inputs(arguments.words.begin() + 1, arguments.words.end() - 1);
  io::Provenance made_by{.command = fmt::format("pfm convert {}", format.id), .sources = {}};
  for (const fs::path& input : inputs) {
    if (!fs::exists(input)) throw Error(Fault::input, fmt::format("{}: no such file or folder", input.string()));
    made_by.sources.push_back({input.filename().string(), io::checksum_of_file(input)});
  }
  io::ReadRules rules;
  if (arguments.has("directed")) {
    rules.build.undirected = false;
    made_by.command += " --directed";
  }
  const Dataset data = format.read(inputs, rules);
  io::write_dataset(output, data, made_by);
  put(described(data) + fmt::format("wrote {}\n", output));
  return 0;
}

}  // namespace pfm
