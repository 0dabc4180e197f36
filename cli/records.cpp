#include <fcntl.h>
#include <fmt/format.h>
#include <pfm/cli/json.h>
#include <pfm/cli/records.h>
#include <pfm/io/checksum.h>
#include <pfm/kernels/error.h>
#include <pfm/kernels/version.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace pfm {
namespace {

namespace fs = std::filesystem;
using Warn = std::function<void(const std::string&)>;

std::string checksum_of(const std::string& text) { return io::checksum(std::as_bytes(std::span(text))); }

Json experiment_json(const RecordKey& key) {
  Json json{{"method", key.method}, {"data", key.data},         {"data_xxh3", key.data_checksum},
            {"preset", key.preset}, {"protocol", key.protocol}, {"options", option_values(key.options)},
            {"version", version()}};
  if (key.pretrained) json["pretrained"] = to_json(*key.pretrained);
  return json;
}

Json defaults_json(const std::vector<Options::Asked>& options) {  // of the options that were changed
  std::vector<Options::Asked> defaults;
  for (Options::Asked o : options)
    if (o.value != o.fallback) o.value = o.fallback, defaults.push_back(o);
  return option_values(defaults);
}

Json scores_json(const Scores& scores) {
  Json json = Json::object();
  for (const auto& [metric, value] : scores) json[metric] = value;
  return json;
}

std::string line_of(const Json& record) {
  const std::string body = record.dump();
  return fmt::format("{{\"xxh3\":\"{}\",\"record\":{}}}\n", checksum_of(body), body);
}

// The record of a line, or null where the line is broken.
Json record_of(const std::string& line) {
  const Json json = Json::parse(line, nullptr, false);
  if (!json.is_object() || !json.contains("record") || !json.contains("xxh3")) return nullptr;
  return json["xxh3"] == checksum_of(json["record"].dump()) ? json["record"] : Json(nullptr);
}

std::vector<Json> read_lines(const fs::path& path, const Warn& warn) {
  std::vector<Json> records;
  std::ifstream in(path, std::ios::binary);
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    Json record = in.eof() ? Json(nullptr) : record_of(line);  // a line without its end was not finished
    if (record.is_null())
      warn(fmt::format("{}:{}: broken record dropped", path.string(), number));
    else
      records.push_back(std::move(record));
  }
  return records;
}

void take_part(SeedResult& result, const Json& record) {
  Scores scores;
  for (const auto& [metric, value] : record.at("scores").items()) scores.emplace_back(metric, value.get<double>());
  const std::string part = record.at("part");
  if (part != "trained") {
    result.controls.emplace_back(part, std::move(scores));
    return;
  }
  result.trained = std::move(scores);
  result.training = {.steps = record.at("loss").at("steps"),
                     .first_loss = record.at("loss").at("first"),
                     .last_loss = record.at("loss").at("last"),
                     .finished = true};
  result.prepare_seconds = record.at("seconds").at("prepare");
  result.train_seconds = record.at("seconds").at("train");
  result.evaluate_seconds = record.at("seconds").at("evaluate");
}

// Complete seeds: the trained part names the controls that belong to it, and all of them are there.
std::map<std::uint64_t, SeedResult> seeds_of(const std::vector<Json>& records) {
  std::map<std::uint64_t, std::map<std::string, const Json*>> parts;  // the first line of each part counts
  for (const Json& record : records) parts[record.at("seed")].emplace(record.at("part"), &record);
  std::map<std::uint64_t, SeedResult> seeds;
  for (const auto& entry : parts) {
    const auto& part = entry.second;
    if (!part.contains("trained")) continue;
    const Json& trained = *part.at("trained");
    const std::vector<std::string> names = trained.at("controls");
    if (!std::ranges::all_of(names, [&](const std::string& name) { return part.contains(name); })) continue;
    SeedResult& result = seeds[entry.first];
    for (const std::string& name : names) take_part(result, *part.at(name));
    take_part(result, trained);
  }
  return seeds;
}

// Cuts off a last line without its end, then appends and waits for the disk.
void append(const std::string& path, const std::string& text) {
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  auto fail = [&](const char* what) {
    const std::string why = std::strerror(errno);
    if (file >= 0) close(file);
    throw Error(Fault::writing, fmt::format("{}: {}: {}", path, what, why));
  };
  if (file < 0 || flock(file, LOCK_EX) != 0) fail("cannot be opened for recording");
  off_t end = lseek(file, 0, SEEK_END);
  for (char last = 0; end > 0; --end)
    if (pread(file, &last, 1, end - 1) != 1 || last == '\n') break;
  if (ftruncate(file, end) != 0) fail("cannot be cut");
  if (pwrite(file, text.data(), text.size(), end) != ssize_t(text.size())) {
    if (ftruncate(file, end) != 0) fail("writing a record failed and left a broken last line");
    fail("writing a record failed");
  }
  if (fsync(file) != 0) fail("writing a record failed");
  close(file);
}

// The options of a record as they were asked, as far as it tells: kinds by the JSON, defaults where they differed.
std::vector<Options::Asked> options_from(const Json& record) {
  using Kind = Options::Asked::Kind;
  auto text = [](const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); };
  std::vector<Options::Asked> options;
  for (const auto& [name, value] : record.at("experiment").at("options").items()) {
    const Kind kind = value.is_string()           ? Kind::word
                      : value.is_boolean()        ? Kind::flag
                      : value.is_number_integer() ? Kind::integer
                                                  : Kind::number;
    const Json& defaults = record.at("defaults");
    options.push_back({name, text(defaults.contains(name) ? defaults.at(name) : value), text(value), kind});
  }
  return options;
}

RecordedRun recorded_run(const std::vector<Json>& records) {
  const Json &last = records.back(), &experiment = last.at("experiment");
  RecordedRun run{.result = {.method = experiment.at("method"),
                             .data = experiment.at("data"),
                             .preset = experiment.at("preset"),
                             .protocol = experiment.at("protocol"),
                             .options = options_from(last)},
                  .commands = {}};
  for (const Json& record : records)
    if (const std::string command = record.at("command");
        std::ranges::find(run.commands, command) == run.commands.end())
      run.commands.push_back(command);
  if (last.contains("published"))
    run.result.published = {last.at("published").at("value"), last.at("published").at("std"),
                            last.at("published").at("source")};
  if (experiment.contains("pretrained")) {
    const Json& start = experiment.at("pretrained");
    run.result.pretrained = {start.at("data"), start.at("protocol"), start.at("seed"), start.at("xxh3")};
  }
  for (auto& [seed, result] : seeds_of(records)) run.result.seeds.push_back({seed, result});
  return run;
}

}  // namespace

std::vector<RecordedRun> read_records(const std::string& folder, const Warn& warn) {
  if (!fs::is_directory(folder))
    throw Error(Fault::input, fmt::format("{}: expected a folder made by run --record, found none", folder));
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".jsonl") paths.push_back(entry.path());
  std::ranges::sort(paths);
  std::vector<RecordedRun> runs;
  for (const fs::path& path : paths) {
    const std::vector<Json> records = read_lines(path, warn);
    if (records.empty()) continue;
    try {
      RecordedRun run = recorded_run(records);
      if (!run.result.seeds.empty()) runs.push_back(std::move(run));
    } catch (const Json::exception&) {
      warn(fmt::format("{}: left out, another version of the program wrote it", path.string()));
    }
  }
  if (runs.empty()) throw Error(Fault::input, fmt::format("{}: no finished seeds recorded there", folder));
  return runs;
}

Records::Records(std::string folder, RecordKey key, const Warn& warn) : key_(std::move(key)) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!fs::is_directory(folder))
    throw Error(Fault::writing, fmt::format("{}: expected a folder for records, which could not be made", folder));
  const std::string identity = checksum_of(experiment_json(key_).dump());
  path_ =
      (fs::path(folder) / fmt::format("{}-{}-{}-{}.jsonl", key_.method, key_.data, key_.protocol, identity)).string();
  if (fs::exists(path_)) known_ = seeds_of(read_lines(path_, warn));
}

std::optional<SeedResult> Records::find(std::uint64_t seed) const {
  const auto found = known_.find(seed);
  return found == known_.end() ? std::nullopt : std::optional(found->second);
}

void Records::add(std::uint64_t seed, const SeedResult& result) {
  Json record{{"experiment", experiment_json(key_)}, {"defaults", defaults_json(key_.options)}};
  if (key_.published)
    record["published"] = {
        {"value", key_.published->value}, {"std", key_.published->deviation}, {"source", key_.published->source}};
  record["command"] = key_.command;
  record["seed"] = seed;
  std::string lines;
  for (const auto& [name, scores] : result.controls) {
    record["part"] = name;
    record["scores"] = scores_json(scores);
    lines += line_of(record);
  }
  record["part"] = "trained";
  record["scores"] = scores_json(result.trained);
  record["controls"] = Json::array();
  for (const auto& [name, scores] : result.controls) record["controls"].push_back(name);
  record["loss"] = {
      {"first", result.training.first_loss}, {"last", result.training.last_loss}, {"steps", result.training.steps}};
  record["seconds"] = {
      {"prepare", result.prepare_seconds}, {"train", result.train_seconds}, {"evaluate", result.evaluate_seconds}};
  append(path_, lines + line_of(record));
}

}  // namespace pfm
