// pfm convert FORMAT INPUT.. OUT.h5: any supported format as HDF5.
#include <fmt/format.h>
#include <pfm/cli/convert.h>
#include <pfm/cli/data.h>
#include <pfm/cli/format.h>
#include <pfm/cli/output.h>
#include <pfm/cli/verbs.h>
#include <pfm/io/checksum.h>
#include <pfm/io/dataset.h>
#include <pfm/io/text.h>
#include <pfm/kernels/error.h>
#include <pfm/kernels/parallel.h>

#include <sstream>

namespace pfm {

// What the options say of reading, and the same as words of the canonical command.
static io::ReadRules rules_of(const Arguments& arguments, const io::Format& format, std::string& command) {
  io::ReadRules rules;
  for (const char* word : {"directed", "undirected", "weighted", "sum", "labels", "delimiter", "columns"}) {
    const std::string member = word == std::string("directed") ? "undirected" : word;
    if (arguments.has(word) && std::string(format.options).find(member) == std::string::npos)
      throw Error(Fault::usage, fmt::format("convert {}: --{} means nothing for this format", format.id, word));
  }
  if (arguments.has("directed") && arguments.has("undirected"))
    throw Error(Fault::usage, "convert: --directed and --undirected exclude each other");
  for (const char* word : {"directed", "undirected", "weighted", "sum"})
    if (arguments.has(word)) command += fmt::format(" --{}", word);
  if (arguments.has("directed")) rules.undirected = false;
  if (arguments.has("undirected")) rules.undirected = true;
  rules.weighted = arguments.has("weighted");
  rules.sum = arguments.has("sum");
  rules.labels = arguments.text("labels").value_or("");
  if (const auto delimiter = arguments.text("delimiter")) {
    const std::string word = *delimiter == "tab" || *delimiter == "\\t" ? "\t" : *delimiter;
    if (word.size() != 1)
      throw Error(Fault::usage, fmt::format("--delimiter: expected one character or \"tab\", got \"{}\"", *delimiter));
    rules.delimiter = word[0];
    command += fmt::format(" --delimiter '{}'", *delimiter);
  }
  if (const auto columns = arguments.text("columns")) {
    std::istringstream words(*columns);
    for (std::string word; std::getline(words, word, ',');) rules.columns.push_back(word);
    command += fmt::format(" --columns {}", *columns);
  }
  return rules;
}

ConvertJob convert_job(const Arguments& arguments) {
  ConvertJob job;
  job.format = &format_to_read(arguments.words.front());
  const std::string& output = arguments.words.back();
  if (!output.ends_with(".h5"))
    throw Error(Fault::usage, fmt::format("convert: the output comes last and ends in .h5, got \"{}\"", output));
  job.output = output;
  job.inputs.assign(arguments.words.begin() + 1, arguments.words.end() - 1);
  if (job.inputs.size() > job.format->most)
    throw Error(Fault::usage, fmt::format("convert {}: found {} inputs, expected {}{}", job.format->id,
                                          job.inputs.size(), job.format->most > 1 ? "at most " : "", job.format->most));
  job.command = fmt::format("pfm convert {}", job.format->id);
  job.rules = rules_of(arguments, *job.format, job.command);
  if (arguments.has("archive")) job.layout = io::Layout::archive;
  job.sources = job.inputs;
  if (!job.rules.labels.empty()) job.sources.push_back(job.rules.labels);
  for (const auto& source : job.sources)
    if (!std::filesystem::exists(source))
      throw Error(Fault::input, fmt::format("{}: no such file or folder", source.string()));
  return job;
}

int convert(const Arguments& arguments) {
  ConvertJob job = convert_job(arguments);
  Monitor monitor(arguments);
  job.rules.note = [&](const std::string& line) { monitor.say(line); };
  io::Provenance made_by{.command = job.command, .sources = {}};
  for (const auto& source : job.sources) made_by.sources.push_back({io::as_utf8(source.filename().string()), ""});
  Dataset data;
  parallel_pair([&] { data = job.format->read(job.inputs, job.rules); },
                [&] {
                  for (std::size_t i = 0; i < job.sources.size(); ++i)
                    made_by.sources[i].xxh3 = io::checksum_of_file(job.sources[i]);
                });
  io::write_dataset(job.output, data, made_by, job.layout);
  put(described(data) + fmt::format("wrote {}\n", job.output.string()));
  return 0;
}

}  // namespace pfm
