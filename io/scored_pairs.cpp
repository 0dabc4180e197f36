#include <fmt/format.h>
#include <pfm/graph/text_samples.h>
#include <pfm/io/lines.h>
#include <pfm/io/scored_pairs.h>
#include <pfm/io/text.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <unordered_map>

namespace pfm::io {
namespace {

namespace fs = std::filesystem;

struct ScoredPair {
  double score;
  std::string_view first, second;
};

std::optional<double> score_in(std::string_view field) {
  double score = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), score);
  if (error != std::errc() || end != field.data() + field.size() || !std::isfinite(score)) return {};
  return score;
}

std::optional<ScoredPair> scored_pair(std::string_view line) {
  std::vector<std::string_view> fields;
  for (std::string_view rest = line; !rest.empty();) {
    const auto [field, after] = cut(rest, '\t');
    fields.push_back(trimmed(field)), rest = after;
  }
  const std::size_t at = fields.size() == 3 ? 0 : 4;
  if (fields.size() != 3 && fields.size() < 7) return {};
  const std::optional<double> score = score_in(fields[at]);
  if (!score || fields[at + 1].empty() || fields[at + 2].empty()) return {};
  return ScoredPair{*score, fields[at + 1], fields[at + 2]};
}

struct SplitFile {
  fs::path path;
  std::string split;
};

// In the order train, validation, test.
std::vector<SplitFile> split_files(const fs::path& folder) {
  std::error_code none;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder, none))
    if (entry.path().extension() == ".csv" || entry.path().extension() == ".tsv") files.push_back(entry.path());
  std::ranges::sort(files);
  std::vector<SplitFile> found;
  for (const auto& [name, split] : {std::pair{"train", "train"}, {"dev", "validation"}, {"test", "test"}})
    for (const fs::path& file : files) {
      const std::string stem = file.stem().string();
      if (stem == name || stem.ends_with(fmt::format("-{}", name))) found.push_back({file, split});
    }
  return found;
}

class PairTexts {
 public:
  NodeId id_of(std::string_view text) {
    const auto [found, added] = ids_.try_emplace(std::string(text), NodeId(texts.size()));
    if (added) texts.emplace_back(text);
    return found->second;
  }
  std::vector<std::string> texts;

 private:
  std::unordered_map<std::string, NodeId> ids_;
};

}  // namespace

bool is_scored_pairs(const fs::path& path) {
  std::error_code none;
  if (!fs::is_directory(path, none)) return false;
  const std::vector<SplitFile> files = split_files(path);
  if (files.empty()) return false;
  const std::string text = beginning(files.front().path);
  return scored_pair(text.substr(0, text.find('\n'))).has_value();
}

Dataset read_scored_pairs(Paths paths, const ReadRules&) {
  PairTexts known;
  std::vector<Triple> pairs;
  std::vector<Real> scores;
  std::map<std::string, std::vector<NodeId>> splits;
  for (const auto& [path, split] : split_files(paths[0]))
    for (Lines lines(path); lines.next();) {
      if (trimmed(lines.line()).empty()) continue;
      const std::optional<ScoredPair> pair = scored_pair(lines.line());
      if (!pair || !is_utf8(lines.line()))
        lines.fail(lines.line(), fmt::format("found {}, expected score TAB sentence TAB sentence, or those behind four "
                                             "other fields as in the STS benchmark, in UTF-8",
                                             excerpt(lines.line())));
      splits[split].push_back(NodeId(pairs.size()));
      const NodeId first = known.id_of(pair->first);
      pairs.push_back({first, 0, known.id_of(pair->second)}), scores.push_back(Real(pair->score));
    }
  if (pairs.empty())
    throw Error(Fault::input, fmt::format("{}: has no pair; expected train, dev, test or NAME-train .. in .csv or .tsv",
                                          paths[0].string()));
  const fs::path whole = fs::absolute(paths[0]).lexically_normal();
  Dataset data =
      of_texts((whole.has_filename() ? whole : whole.parent_path()).filename().string(), std::move(known.texts));
  data.targets.pairs = std::move(pairs);
  Matrix reals(Offset(scores.size()), 1);
  std::ranges::copy(scores, reals.data());
  data.targets.reals = std::make_shared<const Matrix>(std::move(reals));
  data.splits = std::move(splits);
  return data;
}

}  // namespace pfm::io
